import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseJid } from '@jabiru/jid'
import { blocks } from './policy.ts'

const juliet = parseBareJid('juliet@capulet.lit')

const rows = [
  ['§5 a full address meets that resource', 'romeo@montague.lit/home', 'romeo@montague.lit/home', true],
  ['§5 a full address meets no other resource', 'romeo@montague.lit/home', 'romeo@montague.lit/phone', false],
  ['§5 a full address does not meet the account', 'romeo@montague.lit/home', 'romeo@montague.lit', false],
  ['§5 a bare address meets the account', 'romeo@montague.lit', 'romeo@montague.lit', true],
  ['§5 a bare address meets any resource', 'romeo@montague.lit', 'romeo@montague.lit/home', true],
  ['§5 a bare address meets nobody else', 'romeo@montague.lit', 'paris@montague.lit', false],
  ['§5 domain/resource meets that resource', 'montague.lit/bot', 'montague.lit/bot', true],
  ['§5 domain/resource does not meet the domain', 'montague.lit/bot', 'montague.lit', false],
  ['§5 domain/resource does not meet a user', 'montague.lit/bot', 'romeo@montague.lit/bot', false],
  ['§5 a domain meets itself', 'montague.lit', 'montague.lit', true],
  ['§5 a domain meets its users', 'montague.lit', 'romeo@montague.lit/home', true],
  ['§5 a domain meets its resources', 'montague.lit', 'montague.lit/bot', true],
  ['§5 a domain does not meet a domain below it', 'montague.lit', 'romeo@chat.montague.lit', false],
  ['§4 a resource of the account is never met', 'juliet@capulet.lit', 'juliet@capulet.lit/balcony', false],
  ["§4 nor is it by the account's domain", 'capulet.lit', 'juliet@capulet.lit/balcony', false],
  ["§4 who shares the account's domain is met by it", 'capulet.lit', 'tybalt@capulet.lit', true],
  ["the account's own server is not met", 'capulet.lit', 'capulet.lit', false],
] as const

for (const [name, blocked, other, met] of rows) {
  test(`XEP-0191 ${name}`, () =>
    assert.equal(blocks({ jid: juliet, blocked: new Set([parseJid(blocked)]) }, parseJid(other)), met))
}
