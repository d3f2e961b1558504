import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

/** Whether this is a Debian-like system and we may install packages. */
export function isAptUsable(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/flock')
}

/**
 * Debian starts and enables the services it installs. Nothing starts while a policy-rc.d says 101, and what was not
 * enabled before is disabled afterwards. A policy that stands there already is left alone.
 */
const SCRIPT = `
set -eu
package=$1
wants=/etc/systemd/system/multi-user.target.wants
policy=/usr/sbin/policy-rc.d
dpkg-query -W -f '\${Status}' "$package" 2>/dev/null | grep -q 'ok installed' && exit 0
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
before=$(ls "$wants" 2>/dev/null || true)
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o DPkg::Lock::Timeout=300 --no-install-recommends "$package"; }
install || { apt-get update -q; install; }
for unit in $(ls "$wants" 2>/dev/null || true); do
  case " $(echo $before) " in *" $unit "*) ;; *) systemctl disable "$unit" || rm -f "$wants/$unit" ;; esac
done
`

/** Test files run at the same time: one installs, the others wait and find it done. */
const LOCK = '/var/lock/jabiru-apt.lock'

/** Settles when no other test file is in the midst of an installation: what is there by then is there whole. */
export async function aptSettled(): Promise<undefined> {
  if (!existsSync(LOCK) || !existsSync('/usr/bin/flock')) return undefined
  await once(spawn('flock', [LOCK, 'true'], { stdio: 'ignore' }), 'close')
  return undefined
}

/** Installs a Debian package; its services neither run nor are enabled afterwards. Rejects with what apt said. */
export async function aptInstall(name: string): Promise<undefined> {
  const child = spawn('flock', [LOCK, 'sh', '-c', SCRIPT, 'sh', name], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  await once(child, 'close')
  if (child.exitCode !== 0) throw new Error(`apt-get install ${name} failed:\n${said.join('')}`)
  return undefined
}
