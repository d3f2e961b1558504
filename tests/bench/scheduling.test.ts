import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuGroupOf } from './scheduling.ts'

const FIRST = `tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
`
const SECOND = 'proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n'

void test('the group of a process is that of the hierarchy which has the processors', () => {
  const groups = '9:cpuset:/elsewhere\n3:cpu,cpuacct:/docker/abc\n0::/unified\n'
  assert.deepEqual(cpuGroupOf(FIRST, groups), { mount: '/sys/fs/cgroup/cpu,cpuacct', path: '/docker/abc' })
})

void test('the second version has one hierarchy for everything', () => {
  assert.deepEqual(cpuGroupOf(SECOND, '0::/user.slice/session-1.scope\n'), {
    mount: '/sys/fs/cgroup',
    path: '/user.slice/session-1.scope',
  })
})

void test('where there are no groups of processes, a process is in none', () => {
  assert.equal(cpuGroupOf('proc /proc proc rw 0 0\n', ''), undefined)
  assert.equal(cpuGroupOf(SECOND, ''), undefined)
})
