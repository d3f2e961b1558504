/** What a feature claims of a specification. */
export interface SpecClaim {
  /** `XEP-0280`, `RFC 6121`. */
  readonly doc: string
  /** The version that is obeyed; for an RFC its number suffices and this is ''. */
  readonly version: string
  readonly status: 'complete' | 'partial'
  /** What is missing, where the status is partial. */
  readonly note?: string
}

/** A protocol feature as its service declares it. Services add what theirs answer and hook. */
export interface Feature {
  /** The house's word for it: folder, configuration section, log scope and metric prefix. */
  readonly name: string
  readonly specs: readonly SpecClaim[]
  /** Namespaces to list in disco#info. */
  readonly disco?: readonly string[]
}

/** Declares a feature: data, frozen, registered by standing in its service's list. */
export function defineFeature<const F extends Feature>(feature: F): Readonly<F> {
  return Object.freeze(feature)
}
