import type { SessionFeature } from './feature.ts'
import { administration, administrationCommands } from './features/administration/administration.ts'
import type { AdministrationDeps } from './features/administration/deps.ts'
import { archive } from './features/archive/archive.ts'
import { type BlockingDeps, blocking } from './features/blocking/blocking.ts'
import { carbons } from './features/carbons/carbons.ts'
import { clientState } from './features/client-state/client-state.ts'
import { commands } from './features/commands/commands.ts'
import { type DiscoDeps, disco } from './features/disco/disco.ts'
import { last } from './features/last.ts'
import { ping } from './features/ping.ts'
import { type PrivateStorageDeps, privateStorage } from './features/private-storage/private-storage.ts'
import { type RegistrationDeps, registration } from './features/registration/registration.ts'
import { roster } from './features/roster.ts'
import { time } from './features/time.ts'
import { type VcardDeps, vcard } from './features/vcard/vcard.ts'
import { version } from './features/version.ts'

export interface FeatureDeps extends Omit<DiscoDeps, 'accountFeatures' | 'nodes'> {
  readonly software: string
  readonly now: () => number
  readonly startedAt: number
  /** What other services offer at each account. */
  readonly accountFeatures: () => readonly string[]
  /** Monotonic, in milliseconds. */
  readonly monotonic: () => number
  readonly administration: AdministrationDeps
  readonly blocking: BlockingDeps
  readonly privateStorage: PrivateStorageDeps
  readonly registration: RegistrationDeps
  readonly vcards: Omit<VcardDeps, 'maySee'>
}

/** What this service hooks without answering an iq of its own. */
const HOOKED: SessionFeature = {
  name: 'delivery',
  specs: [
    { doc: 'RFC 6121', version: '', status: 'partial', note: 'to local domains' },
    {
      doc: 'XEP-0198',
      version: '1.6.3',
      status: 'partial',
      note: 'without a socket a session outlives its owner only with Redis',
    },
    { doc: 'XEP-0082', version: '1.1.1', status: 'complete' },
    { doc: 'XEP-0160', version: '1.0.1', status: 'complete' },
    { doc: 'XEP-0203', version: '2.0', status: 'complete' },
    { doc: 'XEP-0334', version: '1.0.0', status: 'complete' },
    { doc: 'XEP-0359', version: '0.7.0', status: 'complete' },
  ],
  disco: ['msgoffline', 'urn:xmpp:sid:0', 'urn:xmpp:hints'],
  accountDisco: ['urn:xmpp:sid:0'],
}

/** The features of this service. The order is the order in which they are asked. */
export function sessionFeatures(deps: FeatureDeps): readonly SessionFeature[] {
  const accountFeatures = () => [
    ...features.flatMap((feature) => feature.accountDisco ?? []),
    ...deps.accountFeatures(),
  ]
  const nodes = () => features.flatMap((feature) => feature.nodes ?? [])
  const features: readonly SessionFeature[] = [
    HOOKED,
    disco({ ...deps, accountFeatures, nodes }),
    commands({ commands: administrationCommands(deps.administration), monotonic: deps.monotonic }),
    administration,
    carbons,
    blocking(deps.blocking),
    roster(deps),
    registration(deps.registration),
    archive(deps),
    clientState,
    privateStorage(deps.privateStorage),
    vcard({ ...deps.vcards, maySee: deps.maySee }),
    ping,
    version(deps.software),
    time(deps.now),
    last(deps),
  ]
  return features
}
