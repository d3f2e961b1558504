import type { Element } from '@jabiru/xml'
import type { Condition, ErrorType, StreamCondition } from './conditions.ts'

/** What a refusal says beyond its condition. */
export interface RefusalDetail {
  /** English text for a person to read; never interpreted. */
  readonly text?: string
  /** An application-specific condition, in a namespace of its own. */
  readonly app?: Element
  /** Where the condition's recommended error type does not fit. */
  readonly type?: ErrorType
  /** The new address of `gone` and `redirect`, as a URI. RFC 6120 §8.3.3.5, §8.3.3.14. */
  readonly uri?: string
}

/** The sender asked for something that is not done. Expected; answered with a stanza error; never logged above debug. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly condition: Condition
  readonly detail: RefusalDetail

  constructor(condition: Condition, detail: RefusalDetail = {}) {
    super(detail.text ?? condition)
    this.condition = condition
    this.detail = detail
  }
}

/** What a stream error says beyond its condition. */
export interface StreamFaultDetail {
  /** English text for a person to read; never interpreted. */
  readonly text?: string
  /** An application-specific condition, in a namespace of its own. RFC 6120 §4.9.4. */
  readonly app?: Element
  /** `host[:port]` of `see-other-host`. RFC 6120 §4.9.3.19. */
  readonly host?: string
}

/** The peer broke the stream, or the stream cannot go on: it is told why and the stream ends. RFC 6120 §4.9.1.1. */
export class StreamFault extends Error {
  override readonly name = 'StreamFault'
  readonly condition: StreamCondition
  readonly detail: StreamFaultDetail

  constructor(condition: StreamCondition, detail: StreamFaultDetail = {}) {
    super(detail.text ?? condition)
    this.condition = condition
    this.detail = detail
  }
}
