import { scratchFolder } from '@jabiru/store/scratch'
import { type Story, type StoryOptions, storiesOf } from '@jabiru/testkit'

/** Stories told against one server, in whatever files they stand: made when the first of them is known. */
function storiesWith(options: StoryOptions): Story {
  let stories: Story | undefined
  return (title, tell, telling) => {
    stories ??= storiesOf({ emptyDatabase: scratchFolder, ...options })
    stories(title, tell, telling)
  }
}

// Every server more is up to ten processes in other forms: settings that do not disturb each other share one.

/** Stories told against a server as it comes. */
export const story = storiesWith({})

/** Stories told against a server that does not wait long for a client to log in. */
export const hasty = storiesWith({ env: { JABIRU_LIMITS_PREAUTH_DEADLINE_MS: '2000' } })

/** Stories told against a server that takes few connections from one address. */
export const narrow = storiesWith({ env: { JABIRU_LIMITS_CONNECTIONS_PER_ADDRESS: '4' } })

/**
 * Stories told against a server of which it is said who runs it, and where anybody can make an account; its sessions are
 * hardly kept for their clients to come back.
 */
export const arranged = storiesWith({
  env: {
    JABIRU_ADMINS: 'warden@localhost,watchman@localhost',
    JABIRU_CONTACT_ABUSE: 'mailto:abuse@shakespeare.lit,xmpp:abuse@shakespeare.lit',
    JABIRU_CONTACT_SUPPORT: 'https://shakespeare.lit/support',
    JABIRU_REGISTRATION_ENABLED: 'true',
    JABIRU_SESSION_PER_ACCOUNT: '5',
    JABIRU_SM_RESUME_MAX_MS: '300',
  },
})
