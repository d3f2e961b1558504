const MOST = 500

/**
 * Names for prepared statements: planning the writer's statement costs more than running it for a few rows. The house has
 * some hundred statement texts; past `MOST` of them, which only texts made at run time can reach, there is no name.
 */
export function createStatementNames(): (sql: string) => string | undefined {
  const names = new Map<string, string>()
  return (sql) => {
    const known = names.get(sql)
    if (known !== undefined || names.size >= MOST) return known
    const name = `jabiru_${String(names.size)}`
    names.set(sql, name)
    return name
  }
}
