import { nearest } from '@jabiru/runtime'

/** What to say of a command that does not exist. */
export function nearestCommand(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  const what = name.startsWith('-') ? `unknown option '${name}'` : `unknown command '${name}'`
  return meant === undefined ? what : `${what}; did you mean '${meant}'?`
}
