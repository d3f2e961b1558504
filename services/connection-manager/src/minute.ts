const MINUTE_MS = 60_000

/** Forgets all of it when a minute has begun since it was last asked; `now` is monotonic, in milliseconds. */
export function forgottenEachMinute(kept: { readonly clear: () => void }, now: () => number): () => void {
  let began = now()
  return () => {
    const at = now()
    if (at - began < MINUTE_MS) return
    kept.clear()
    began = at
  }
}
