/** How many partitions there are unless configured. The number is fixed for the life of a cluster. */
export const DEFAULT_PARTITIONS = 256

/**
 * The partition of an account, room or remote domain, by its canonical address. The same address gives
 * the same partition in every process and version: FNV-1a over UTF-16 units, then an avalanche, so that
 * names that differ in their last letter spread.
 */
export function partitionOf(address: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < address.length; i++) hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions
}
