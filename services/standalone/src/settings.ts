import type { ArchiveConfig } from '@jabiru/archive'
import { type AuthConfig, authDefaults } from '@jabiru/auth'
import type { ConnectionManagerConfig } from '@jabiru/connection-manager'
import type { Config } from '@jabiru/runtime'
import type { SessionConfig } from '@jabiru/session'
import { DEFAULT_LIMITS, PRE_AUTH_LIMITS } from '@jabiru/xml'

/** RFC 6120 §7.7.3: at least 5 and at most 10. */
const BIND_FAILURES = 5

/** What each service is told, out of the one configuration. */
export const authSettings = ({ admins, domains, auth, registration }: Config): AuthConfig => ({
  ...authDefaults,
  domains,
  reserved: admins,
  registrations_per_address: registration.per_address,
  registrations_per_minute: registration.per_minute,
  registration_password_min: registration.password_min,
  scram_iterations: auth.scram_iterations,
})

export const archiveSettings = ({ archive }: Config): ArchiveConfig => ({
  pageMessages: archive.page_messages,
  pageBytes: archive.page_bytes,
  preferenceJids: archive.preference_jids,
})

export const sessionSettings = (
  { admins, domains, contact, limits, registration, sm, session }: Config,
  software: string,
): SessionConfig => ({
  domains,
  admins,
  software,
  contacts: contact,
  conflict: session.conflict,
  sessionsPerAccount: session.per_account,
  blockedMost: session.blocked_max,
  privateBytes: session.private_bytes,
  vcardBytes: session.vcard_bytes,
  mayChangePassword: registration.password_change,
  mayRemove: registration.removal,
  resumeMaxMs: sm.resume_max_ms,
  detachedBytes: sm.queue_bytes,
  iqTimeoutMs: session.iq_timeout_ms,
  downBytes: limits.down_bytes,
  idleBytes: session.csi_queue_bytes,
  idleMs: session.idle_ms,
})

/** How long clients may take to be sent away. Alone they have nobody to go to: all are sent at once. */
export const drainDeadlineMs = ({ nats, drain }: Config): number => (nats.url === undefined ? 0 : drain.deadline_ms)

export function connectionSettings(config: Config): ConnectionManagerConfig {
  const { drain, limits } = config
  const deadlineMs = drainDeadlineMs(config)
  const [first, ...rest] = config.domains
  if (first === undefined) throw new RangeError('the schema asks for a domain')
  return {
    listen: config.listen,
    domains: [first, ...rest],
    contacts: config.contact,
    ...(config.registration.enabled ? { registration: { passwordMin: config.registration.password_min } } : {}),
    ...(config.sm.location === undefined ? {} : { location: config.sm.location }),
    ...(deadlineMs === 0 ? {} : { drain: { perSecond: drain.rate_per_second, deadlineMs } }),
    ...(drain.see_other_host === undefined ? {} : { seeOtherHost: drain.see_other_host }),
    traceRatio: config.telemetry.trace_ratio,
    proxiedFrom: config.c2s.proxied_from,
    ports: {
      c2s: config.c2s.port,
      c2sTls: config.c2s.tls_port,
      ...(config.c2s.proxied_port === undefined ? {} : { c2sProxied: config.c2s.proxied_port }),
      http: config.http.port,
      https: config.https.port,
    },
    limits: {
      preauthDeadlineMs: limits.preauth_deadline_ms,
      connections: limits.connections,
      connectionsPerAddress: limits.connections_per_address,
      attemptsPerMinute: limits.attempts_per_minute,
      bytesPerSecond: limits.bytes_per_second,
      loginsPerSecond: limits.logins_per_second,
      clusterLoginsPerSecond: limits.cluster_logins_per_second,
      recipientsPerMinute: limits.recipients_per_minute,
      authFailures: config.auth.failures_per_connection,
      bindFailures: BIND_FAILURES,
      beforeAuth: { ...PRE_AUTH_LIMITS, bytes: limits.stanza_bytes_before_auth },
      afterAuth: {
        ...DEFAULT_LIMITS,
        bytes: limits.stanza_bytes,
        depth: limits.depth,
        attributes: limits.attributes,
        children: limits.children,
      },
      outputBytes: limits.output_bytes,
      inputBytes: limits.input_bytes,
      laneBytes: limits.lane_bytes,
      backlogBytes: limits.backlog_bytes,
      askAfterStanzas: config.sm.ask_after_stanzas,
      askAfterMs: config.sm.ask_after_ms,
      silenceMs: limits.silence_ms,
      silenceGraceMs: limits.silence_grace_ms,
      closeDeadlineMs: limits.close_deadline_ms,
    },
  }
}
