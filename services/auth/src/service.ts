import { randomBytes } from 'node:crypto'
import type { Bus } from '@jabiru/bus'
import type { BareJid } from '@jabiru/jid'
import { type Derivation, saltPassword } from '@jabiru/sasl'
import { createNotes } from '@jabiru/store'
import { type InstanceRef, subjects } from '@jabiru/wire'
import { type Accounts, createAccounts } from './accounts.ts'
import { createAttempts } from './attempts.ts'
import type { AuthConfig } from './config.ts'
import { createDerivations } from './derivations.ts'
import { createExchanges } from './exchanges.ts'
import { type OnFault, openIngress } from './ingress.ts'
import { createLogin, type Waiting } from './login.ts'
import { createPrincipals } from './principals.ts'
import { createRegistrations } from './registrations.ts'
import { openRequests } from './requests.ts'
import type { AccountStore } from './store/store.ts'

/** What the auth service is made of. */
export interface AuthParts {
  readonly bus: Pick<Bus, 'subscribe'>
  readonly store: AccountStore
  readonly instance: InstanceRef
  /**
   * At least 32 bytes, the same in every auth process and after every start: it makes the salts of names that do not
   * exist. Known, it tells who has an account, and no more than that.
   */
  readonly secret: Uint8Array
  readonly onFault: (
    fault: unknown,
    what: Parameters<OnFault>[1] | 'account_request_failed' | 'login_not_noted',
  ) => void
  /** Milliseconds, monotonic; that of the process unless given. */
  readonly clock?: () => number
  /** PBKDF2; given by tests that count or hold it. */
  readonly derive?: (derivation: Derivation) => Promise<Uint8Array>
}

/** The only place where credentials are. */
export interface Auth extends AsyncDisposable {
  readonly accounts: Accounts
}

const SECRET_BYTES = 32

/** Starts answering logins. Throws RangeError for a secret that is too short. */
export function createAuth(config: AuthConfig, parts: AuthParts): Auth {
  if (parts.secret.length < SECRET_BYTES) throw new RangeError(`the secret has fewer than ${SECRET_BYTES} bytes`)
  const { store, instance, secret, clock = () => performance.now() } = parts
  const fresh = () => randomBytes(24).toString('base64')
  // Nobody waits for it, and a login is good without it.
  const logins = createNotes<BareJid, true>({
    write: (noted) => store.loggedIn([...noted.keys()]),
    onFault: (fault) => parts.onFault(fault, 'login_not_noted'),
  })
  const login = createLogin({
    domains: config.domains,
    principals: createPrincipals({ store, secret, iterations: config.scram_iterations }),
    attempts: createAttempts(config, clock),
    derivations: createDerivations(config, parts.derive ?? saltPassword),
    exchanges: createExchanges<Waiting>(config, { clock, id: fresh }),
    nonce: fresh,
    onLogin: (account) => logins.note(account, true),
    replyTo: subjects.authInstance(instance),
  })
  const ingress = openIngress({ bus: parts.bus, instance, login, onFault: parts.onFault })
  const accounts = createAccounts(config, store)
  const registrations = createRegistrations(config, { accounts, store, clock })
  const requests = openRequests({ bus: parts.bus, accounts, registrations, store, onFault: parts.onFault })
  return {
    accounts,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([ingress[Symbol.asyncDispose](), requests[Symbol.asyncDispose]()])
      await logins[Symbol.asyncDispose]()
    },
  }
}
