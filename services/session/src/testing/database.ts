import { type Database, migrate, StoreUnavailable } from '@jabiru/store'
import { openScratch } from '@jabiru/store/scratch'

interface Hold {
  readonly matching: RegExp
  /** Only those whose first parameter it is. */
  readonly of?: string
  readonly until: Promise<unknown>
  /** It is run at once, and only its answer waits. */
  readonly answerOnly?: boolean
}

/** A real database that can be taken away, and that can be made to wait. */
export interface TestDatabase {
  readonly database: Database
  /** While it is away every statement rejects. */
  away: boolean
  /** A statement that matches waits for the promise before it is run. */
  hold: Hold | undefined
  /** A statement that matches is refused with this fault. */
  refuse: { readonly matching: RegExp; readonly fault: Error } | undefined
  readonly close: () => Promise<unknown>
}

const isHeld = (hold: Hold | undefined, sql: string, first: unknown) =>
  hold?.matching.test(sql) === true && (hold.of === undefined || hold.of === first)

/** Opens PGlite on a folder of its own, with the schema of the house. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const real = await openScratch()
  await migrate(real)
  const query: Database['query'] = async <Row>(sql: string, params?: Parameters<Database['query']>[1]) => {
    const hold = isHeld(test.hold, sql, params?.[0]) ? test.hold : undefined
    if (hold && !hold.answerOnly) await hold.until
    if (test.away) throw new StoreUnavailable('away, for the test')
    if (test.refuse?.matching.test(sql)) throw test.refuse.fault
    const rows = await real.query<Row>(sql, params)
    if (hold?.answerOnly) await hold.until
    return rows
  }
  const test: TestDatabase = {
    database: { ...real, query },
    away: false,
    hold: undefined,
    refuse: undefined,
    close: () => real.close(),
  }
  return test
}
