/**
 * Something that the person who runs Jabiru can mend: a wrong setting, a port in use. The message is written for them, says what
 * to do, and is all that is shown; everything else that is thrown is our own fault.
 */
export class UserFault extends Error {
  override readonly name: string = 'UserFault'
}

/** One thing wrong with the configuration. */
export interface SettingFault {
  /** Where it stands: `jabiru.yaml:12` or the name of an environment variable. */
  readonly where: string
  /** The key, dotted; absent where the file cannot be read at all. */
  readonly key?: string
  readonly message: string
}

/** The configuration was refused; every fault is named, a line each. */
export class BadSetting extends UserFault {
  override readonly name = 'BadSetting'
  readonly faults: readonly SettingFault[]

  constructor(faults: readonly SettingFault[]) {
    super(
      faults.length === 1
        ? `wrong setting: ${faults.map(line).join('')}`
        : ['wrong settings:', ...faults.map((f) => `  ${line(f)}`)].join('\n'),
    )
    this.faults = faults
  }
}

function line({ where, key, message }: SettingFault): string {
  return key === undefined ? `${where}: ${message}` : `${where}: ${key}: ${message}`
}

/** Another process holds the data folder. */
export class DataFolderLocked extends UserFault {
  override readonly name = 'DataFolderLocked'
}

/** The data folder cannot be made, read or written. */
export class DataFolderNotWritable extends UserFault {
  override readonly name = 'DataFolderNotWritable'
}

/** A port to listen on is taken, or not ours to take. */
export class PortInUse extends UserFault {
  override readonly name = 'PortInUse'
}
