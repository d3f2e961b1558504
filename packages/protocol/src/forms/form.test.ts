import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@jabiru/stanza'
import { parseElement, serialize } from '@jabiru/xml'
import { formTypeOf, formValue, formValues, parseForm, renderForm, submission } from './form.ts'

// XEP-0004 §5.1 and §5.2, without the white space between the elements.
const EXAMPLES: readonly (readonly [string, string])[] = [
  [
    '§5.1 a form to fill in',
    "<x xmlns='jabber:x:data' type='form'><title>Bot Configuration</title>" +
      '<instructions>Fill out this form to configure your new bot!</instructions>' +
      "<field var='FORM_TYPE' type='hidden'><value>jabber:bot</value></field>" +
      "<field type='fixed'><value>Section 1: Bot Info</value></field>" +
      "<field var='public' type='boolean' label='Public bot?'><required/></field>" +
      "<field var='features' type='list-multi' label='What features will the bot support?'><value>news</value><value>search</value>" +
      "<option label='Contests'><value>contests</value></option><option label='News'><value>news</value></option></field>" +
      "<field var='invitelist' type='jid-multi' label='People to invite'><desc>Tell all your friends about your new bot!</desc></field></x>",
  ],
  [
    '§5.1 a form that is filled in',
    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>jabber:bot</value></field>" +
      "<field var='features'><value>news</value><value>search</value></field></x>",
  ],
  [
    '§5.2 a result of several items',
    "<x xmlns='jabber:x:data' type='result'><title>Joogle Search: verona</title>" +
      "<reported><field var='name'/><field var='url'/></reported>" +
      "<item><field var='name'><value>benvenuto!</value></field><field var='url'><value>http://www.hellasverona.it/</value></field></item>" +
      "<item><field var='name'><value>Verona</value></field><field var='url'><value>http://www.univr.it/</value></field></item></x>",
  ],
  ['§3.1 a cancellation', "<x xmlns='jabber:x:data' type='cancel'/>"],
]
for (const [title, xml] of EXAMPLES) {
  void test(`XEP-0004 ${title} is written as it was read`, () => {
    assert.equal(serialize(renderForm(parseForm(parseElement(xml, '')))), xml)
  })
}

void test('XEP-0004 §3.2 fields are read with what they carry', () => {
  const form = parseForm(parseElement(EXAMPLES[0]?.[1] ?? '', ''))
  assert.equal(form.title, 'Bot Configuration')
  assert.deepEqual(formValues(form, 'features'), ['news', 'search'])
  assert.equal(formValue(form, 'features'), 'news')
  assert.equal(formValue(form, 'nothing'), undefined)
  assert.deepEqual(form.fields[3]?.options, [
    { value: 'contests', label: 'Contests' },
    { value: 'news', label: 'News' },
  ])
  assert.equal(form.fields[2]?.required, true)
})

void test('XEP-0004 §3.1 a form of no known type is refused', () => {
  for (const attrs of ['', " type='dance'"]) {
    assert.throws(
      () => parseForm(parseElement(`<x xmlns='jabber:x:data'${attrs}/>`, '')),
      (err) => err instanceof Refusal && err.condition === 'bad-request',
    )
  }
})

void test('XEP-0004 §3.3 a field of an unknown type is text-single; one without a type has none', () => {
  const form = parseForm(
    parseElement("<x xmlns='jabber:x:data' type='submit'><field var='a' type='colour'/><field var='b'/></x>", ''),
  )
  assert.deepEqual(
    form.fields.map((f) => f.type),
    ['text-single', undefined],
  )
})

void test('XEP-0068 §3.2 the form type is hidden, but a submission need not say so', () => {
  const field = { var: 'FORM_TYPE', values: ['urn:example'] }
  assert.equal(formTypeOf({ type: 'submit', fields: [field] }), 'urn:example')
  assert.equal(formTypeOf({ type: 'form', fields: [field] }), undefined)
  assert.equal(formTypeOf({ type: 'form', fields: [{ ...field, type: 'hidden' }] }), 'urn:example')
  assert.equal(formTypeOf({ type: 'submit', fields: [] }), undefined)
})

void test('a submission is made of names and values', () => {
  assert.equal(
    serialize(renderForm(submission('urn:example', { one: '1', many: ['a', 'b'] }))),
    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:example</value></field>" +
      "<field var='one'><value>1</value></field><field var='many'><value>a</value><value>b</value></field></x>",
  )
})
