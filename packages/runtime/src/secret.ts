import { inspect } from 'node:util'

const HIDDEN = '***'

/** A text that must not be shown. Printing, logging or serialising it gives `***`; `reveal()` is the only way to the text. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself; call it only where it is handed to what needs it. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
