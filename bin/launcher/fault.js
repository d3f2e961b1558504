/** What the launcher cannot mend by itself. The message is one line that tells the user what to do. */
export class LaunchFault extends Error {
  name = 'LaunchFault'
}

/**
 * What a failed file operation of the launcher means to the user.
 * @param {unknown} error
 * @param {string} folder where the launcher wanted to write
 * @returns {unknown} a LaunchFault where a permission or the disk is the cause, the same error otherwise
 */
export function writeFault(error, folder) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new LaunchFault(`cannot write to ${folder} (${code}): run it as the user who owns this checkout`)
  if (code === 'ENOSPC') return new LaunchFault(`the disk that holds ${folder} is full`)
  return error
}

/** @param {string} line what the user waits for */
export function say(line) {
  process.stderr.write(`jabiru: ${line}\n`)
}
