import type { Reach } from '../link.ts'
import type { Figures } from './figures.ts'

/** What the process of the bystanders is started with. */
export interface Job {
  readonly house: Reach
  /** One bystander for each. */
  readonly accounts: readonly string[]
  readonly password: string
}

/** What its parent tells it to do: to write, to count from now on as the storm, to stop and to give the figures. */
export type Command = 'talk' | 'mark' | 'end'

/** What it tells its parent. */
export type Told =
  | { readonly is: 'online' | 'talking' | 'marked' }
  | { readonly is: 'over'; readonly figures: Figures }
  | { readonly is: 'failed'; readonly why: string }
