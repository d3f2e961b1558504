import { child, children, type Element, el, textOf } from '@jabiru/xml'

export const NS_REGISTER = 'jabber:iq:register'

/** What the set of a registration asks for. XEP-0077. */
export interface Registration {
  /** `<remove/>`, and whether it stands alone. */
  readonly remove: 'alone' | 'beside others' | undefined
  /** Empty where they are not given. */
  readonly username: string
  readonly password: string
}

export function parseRegistration(query: Element): Registration {
  const isRemoval = child(query, 'remove') !== undefined
  return {
    remove: isRemoval ? (children(query).length > 1 ? 'beside others' : 'alone') : undefined,
    username: textOf(child(query, 'username')),
    password: textOf(child(query, 'password')),
  }
}

/** XEP-0077 §3.1: what is asked for; `registered` is the name of who has an account. */
export function renderRegistration(instructions: string, registered?: string): Element {
  return el(
    'query',
    NS_REGISTER,
    {},
    registered === undefined ? undefined : el('registered', NS_REGISTER),
    el('instructions', NS_REGISTER, {}, instructions),
    el('username', NS_REGISTER, {}, registered ?? ''),
    el('password', NS_REGISTER),
  )
}
