import type { Bus } from '@jabiru/bus'
import { subjects } from './subjects.ts'

/** What a service adds to the server's own disco#info (XEP-0030): its features, by the name of the service. */
interface Offer {
  readonly service: string
  readonly features: readonly string[]
  /** What it adds to the disco#info of each account. */
  readonly account?: readonly string[]
}

/** Says what this service offers, now and whenever somebody asks. */
export function offerFeatures(bus: Bus, offer: Offer): { close: () => void } {
  const say = () => bus.publish(subjects.features, JSON.stringify(offer))
  const asked = bus.subscribe(subjects.askFeatures, say)
  say()
  return { close: asked.unsubscribe }
}

/** The features of all services that have been heard of, in a stable order. */
export function collectFeatures(bus: Bus) {
  const offers = new Map<string, Offer>()
  let features: readonly string[] | undefined
  const heard = bus.subscribe(subjects.features, ({ payload }) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by offerFeatures of this wire version
    const offer = JSON.parse(payload) as Offer
    offers.set(offer.service, offer)
    features = undefined
  })
  bus.publish(subjects.askFeatures, '')
  const sorted = (of: (offer: Offer) => readonly string[]): readonly string[] =>
    [...new Set([...offers.values()].flatMap(of))].sort()
  return {
    /** The same list until another offer is heard. */
    features: () => (features ??= sorted((offer) => offer.features)),
    accountFeatures: () => sorted(({ account = [] }) => account),
    close: heard.unsubscribe,
  }
}
