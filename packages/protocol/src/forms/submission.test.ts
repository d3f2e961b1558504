import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@jabiru/stanza'
import { parseElement } from '@jabiru/xml'
import { type FieldType, type Form, parseForm, renderForm } from './form.ts'
import { readSubmission } from './submission.ts'
import { type Method, NS_VALIDATE } from './validation.ts'

const field = (name: string, ...values: readonly string[]) =>
  `<field var='${name}'>${values.map((value) => `<value>${value}</value>`).join('')}</field>`
const submit = (inner: string, type = 'submit') =>
  parseElement(`<x xmlns='jabber:x:data' type='${type}'>${inner}</x>`, '')
const formType = { var: 'FORM_TYPE', type: 'hidden', values: ['urn:example'] } as const

/** A form of one field, which is called `f`. */
const offered = (type: FieldType | undefined, more: Partial<Form['fields'][number]> = {}): Form => ({
  type: 'form',
  fields: [formType, { var: 'f', type, values: [], ...more }],
})
const required = { required: true }
const list = { options: ['a', 'b', 'c'].map((value) => ({ value })) }
const open = (type: 'list-multi' | 'list-single' | 'text-multi', method: Method = { by: 'open' }) =>
  offered(type, { ...list, validation: { datatype: 'xs:integer', method } })
const checked = (datatype: string, method: Method = { by: 'basic' }) =>
  offered('text-single', { validation: { datatype, method } })
const chosen = (min: number | undefined, max?: number) =>
  offered('list-multi', {
    ...list,
    validation: { datatype: 'xs:string', method: { by: 'basic' }, listRange: { min, max } },
  })

const taken: readonly (readonly [title: string, form: Form, submitted: string, values: readonly string[]])[] = [
  ['XEP-0004 §3.1 a field that is not required may be left out', offered('text-single'), '', []],
  ['XEP-0004 §3.3 a field without a type is text-single', offered(undefined), field('f', 'a'), ['a']],
  ['XEP-0004 §3.3 true is written in two ways', offered('boolean'), field('f', '1'), ['true']],
  ['XEP-0004 §3.3 and so is false', offered('boolean'), field('f', 'false'), ['false']],
  ['XEP-0004 §3.3 addresses are compared', offered('jid-multi'), field('f', 'A@B', 'a@b', 'c@d/e'), ['a@b', 'c@d/e']],
  ['XEP-0004 §3.3 lines', offered('text-multi'), field('f', 'a', '', 'a'), ['a', '', 'a']],
  ['XEP-0004 §3.3 some of the options', offered('list-multi', list), field('f', 'c', 'a'), ['c', 'a']],
  ['XEP-0004 §3.6 no choice', offered('list-single', list), field('f', ''), []],
  ['XEP-0004 §3.6 an empty text', offered('text-single'), field('f', ''), ['']],
  ['XEP-0068 §4.1 a form of no type', offered('text-single'), field('f', 'a'), ['a']],
  [
    'XEP-0068 §6 a type that is not hidden',
    offered(undefined),
    field('FORM_TYPE', 'urn:example') + field('f', 'a'),
    ['a'],
  ],
  ['XEP-0122 §3.2.2 a list is open to other values', open('list-multi'), field('f', '7', '8'), ['7', '8']],
  ['XEP-0122 §3.2 so is one with a range', open('list-single', { by: 'range', max: '9' }), field('f', '7'), ['7']],
  ['XEP-0122 §3.2.2 each line of open text by itself', open('text-multi'), field('f', '7', '8'), ['7', '8']],
  ['XEP-0122 §3.3 as many as are asked for', chosen(1, 2), field('f', 'a', 'b'), ['a', 'b']],
  ['XEP-0122 §3.3 without bounds', chosen(undefined), field('f'), []],
  ['XEP-0122 §4.1 a datatype that is not known is text', checked('x:colour'), field('f', 'red'), ['red']],
  [
    'XEP-0122 §4.1 a pattern that is not understood is none',
    checked('xs:string', { by: 'regex', pattern: '(' }),
    field('f', 'x'),
    ['x'],
  ],
]
for (const [title, form, submitted, values] of taken) {
  void test(title, () => assert.deepEqual(readSubmission(form, submit(submitted)).values('f'), values))
}

const refused: readonly (readonly [title: string, form: Form, submitted: string])[] = [
  ['XEP-0004 §3.2 a required field is left out', offered('text-single', required), ''],
  ['XEP-0004 §3.2 a required field is empty', offered('text-multi', required), field('f', '', '')],
  ['XEP-0004 §3.2 a field has no name', offered('text-single'), '<field><value>a</value></field>'],
  ['XEP-0004 §3.2 two values where there is one', offered('text-single'), field('f', 'a', 'b')],
  ['XEP-0004 §3.2 a field is given twice', offered('text-single'), field('f', 'a') + field('f', 'b')],
  ['XEP-0004 §3.3 neither true nor false', offered('boolean'), field('f', 'yes')],
  ['XEP-0004 §3.3 what is no address', offered('jid-single'), field('f', 'a@')],
  ['XEP-0004 §3.3 an empty address', offered('jid-multi'), field('f', 'a@b', '')],
  ['XEP-0004 §3.3 none of the options', offered('list-single', list), field('f', 'd')],
  ['XEP-0004 §3.3 an option of ours and one of theirs', offered('list-multi', list), field('f', 'a', 'd')],
  ['XEP-0068 §4 a form of another type', offered('text-single'), field('FORM_TYPE', 'urn:other')],
  ['XEP-0122 §3.1 another datatype', checked('xs:integer'), field('f', '1.5')],
  ['XEP-0122 §3.2.1 lines are one text', open('text-multi', { by: 'basic' }), field('f', '7', '8')],
  ['XEP-0122 §3.2.2 an open list of another datatype', open('list-multi'), field('f', 'x')],
  ['XEP-0122 §3.2.3 too little', checked('xs:integer', { by: 'range', min: '-2' }), field('f', '-3')],
  ['XEP-0122 §3.2.3 too late', checked('xs:date', { by: 'range', max: '2003-10-24' }), field('f', '2003-10-25')],
  ['XEP-0122 §3.2.4 another form', checked('xs:string', { by: 'regex', pattern: '[0-9]{3}' }), field('f', '12x')],
  ['XEP-0122 §3.3 too few', chosen(2), field('f', 'a')],
  ['XEP-0122 §3.3 too many', chosen(1, 2), field('f', 'a', 'b', 'c')],
  ['more fields than any form has', offered('text-single'), field('g').repeat(1_000)],
  ['more values than any form has', offered('text-multi'), field('f', ...Array.from({ length: 5_000 }, String))],
]
const notAcceptable = (fault: unknown) => fault instanceof Refusal && fault.condition === 'not-acceptable'
for (const [title, form, submitted] of refused) {
  void test(`XEP-0004 §4 refused: ${title}`, () =>
    assert.throws(() => readSubmission(form, submit(submitted)), notAcceptable))
}

void test('XEP-0004 §3.1 only what is submitted is read', () => {
  for (const type of ['form', 'result', 'cancel', 'dance'])
    assert.throws(() => readSubmission(offered('text-single'), submit('', type)), notAcceptable)
})

void test('XEP-0004 §3.1 fields that were not offered are left out, unless who asks says otherwise', () => {
  const x = submit(field('f', 'a') + field('g', 'b') + "<field type='fixed'><value>c</value></field>")
  assert.deepEqual(readSubmission(offered('text-single'), x).names, ['f'])
  const unknown: string[] = []
  readSubmission(offered('text-single'), x, { onUnknown: (name) => unknown.push(name) })
  assert.deepEqual(unknown, ['g'])
})

void test('XEP-0068 §4 a form may be made to name its type', () => {
  const options = { needsFormType: true, condition: 'bad-request' } as const
  assert.throws(
    () => readSubmission(offered('text-single'), submit(''), options),
    (fault) => fault instanceof Refusal && fault.condition === 'bad-request',
  )
})

void test('a field by the name of something that every object has is a field like others', () => {
  const form: Form = { type: 'form', fields: [{ var: '__proto__', type: 'text-single', values: [] }] }
  assert.equal(readSubmission(form, submit(field('__proto__', 'a'))).value('__proto__'), 'a')
  assert.equal(readSubmission(form, submit(field('constructor', 'a'))).value('constructor'), undefined)
})

void test('XEP-0004 §3.3 a value is read as what it stands for', () => {
  const form: Form = {
    type: 'form',
    fields: [
      { var: 'yes', type: 'boolean', values: [] },
      { var: 'who', type: 'jid-single', values: [] },
    ],
  }
  const read = readSubmission(form, submit(field('yes', '1') + field('who', 'A@B')))
  assert.deepEqual([read.flag('yes'), read.jids('who'), read.flag('no')], [true, ['a@b'], undefined])
})

const NOTIFY = `<x xmlns='jabber:x:data' type='form'><field var='evt.notify-methods' type='list-multi' label='Notify me by'>
  <validate xmlns='${NS_VALIDATE}' datatype='xs:string'><basic/><list-range min='1' max='3'/></validate>
  <option><value>e-mail</value></option></field><field var='ssn' type='text-single'>
  <validate xmlns='${NS_VALIDATE}'><regex>([0-9]{3})-([0-9]{2})-([0-9]{4})</regex></validate></field>
  <field var='evt.date' type='text-single'><validate xmlns='${NS_VALIDATE}' datatype='xs:dateTime'>
  <range min='2003-10-05T00:00:00-07:00' max='2003-10-24T23:59:59-07:00'/></validate></field></x>`

void test('XEP-0122 §3 the examples are read, and written as they were read', () => {
  const form = parseForm(parseElement(NOTIFY, ''))
  assert.deepEqual(
    form.fields.map(({ validation }) => validation),
    [
      { datatype: 'xs:string', method: { by: 'basic' }, listRange: { min: 1, max: 3 } },
      { datatype: 'xs:string', method: { by: 'regex', pattern: '([0-9]{3})-([0-9]{2})-([0-9]{4})' } },
      {
        datatype: 'xs:dateTime',
        method: { by: 'range', min: '2003-10-05T00:00:00-07:00', max: '2003-10-24T23:59:59-07:00' },
      },
    ],
  )
  assert.deepEqual(parseForm(renderForm(form)), form)
  const fill = (ssn: string, date: string) =>
    readSubmission(form, submit(field('ssn', ssn) + field('evt.date', date) + field('evt.notify-methods', 'e-mail')))
  assert.equal(fill('123-12-1234', '2003-10-06T11:22:00-07:00').value('ssn'), '123-12-1234')
  assert.throws(() => fill('123-12-12345', '2003-10-06T11:22:00-07:00'), notAcceptable)
  assert.throws(() => fill('123-12-1234', '2003-10-25T11:22:00-07:00'), notAcceptable)
})
