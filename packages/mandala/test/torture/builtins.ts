import type { Pair, Subject } from './pair.ts'

const at = (pattern: RegExp, lastIndex: number): RegExp => Object.assign(pattern, { lastIndex })

const differ: readonly Pair[] = [
  ['two Dates', () => new Date(0), () => new Date(1)],
  ['a Date and its number', () => new Date(0), () => 0],
  ['a Date and its text', () => new Date(0), () => '1970-01-01T00:00:00.000Z'],
  ['a Date and its print', () => new Date(0), () => String(new Date(0))],
  ['a Date and the empty object', () => new Date(0), () => ({})],
  ['an invalid and a valid Date', () => new Date(NaN), () => new Date(0)],
  ['an invalid Date and null', () => new Date(NaN), () => null],
  ['an invalid Date and NaN', () => new Date(NaN), () => NaN],
  ['an invalid Date and its text', () => new Date(NaN), () => 'Invalid Date'],
  ['Dates before and after the epoch', () => new Date(-1), () => new Date(1)],
  ['Dates a millisecond apart', () => new Date('2026-01-01T00:00:00.000Z'), () => new Date('2026-01-01T00:00:00.001Z')],
  ['one local time in two zones', () => new Date('2026-01-01T00:00:00Z'), () => new Date('2026-01-01T00:00:00+01:00')],
  ['the last Date and none', () => new Date(8.64e15), () => new Date(8.64e15 + 1)],
  ['a Date within an object, and its text', () => ({ at: new Date(0) }), () => ({ at: '1970-01-01T00:00:00.000Z' })],
  ['two RegExps', () => /a/, () => /b/],
  ['a RegExp and its text', () => /a/, () => '/a/'],
  ['a RegExp and its source', () => /a/, () => 'a'],
  ['a RegExp and the empty object', () => /a/, () => ({})],
  ['a flag and none', () => /a/, () => /a/i],
  ['two flags', () => /a/g, () => /a/y],
  ['unicode flags', () => /a/u, () => /a/v],
  ['lastIndex', () => /a/g, () => at(/a/g, 2)],
  ['lastIndex of a sticky one', () => at(/a/y, 1), () => at(/a/y, 2)],
  ['a RegExp with a slash', () => /a\/b/, () => /a\\b/],
  ['where source and flags meet', () => /a/g, () => /ag/],
  ['the empty RegExp and the empty string', () => new RegExp(''), () => ''],
  ['RegExps within an object', () => ({ match: /a+/ }), () => ({ match: /a*/ })],
  ['two URLs', () => new URL('https://example.org/a'), () => new URL('https://example.org/b')],
  ['a URL and its text', () => new URL('https://example.org/'), () => 'https://example.org/'],
  ['a URL and the empty object', () => new URL('https://example.org/'), () => ({})],
  ['the hash of a URL', () => new URL('https://example.org/#a'), () => new URL('https://example.org/#b')],
  ['the query of a URL', () => new URL('https://example.org/?a=1'), () => new URL('https://example.org/?a=2')],
  ['two orders of a query', () => new URL('https://example.org/?a=1&b=2'), () => new URL('https://example.org/?b=2&a=1')],
  ['an empty query and none', () => new URL('https://example.org/?'), () => new URL('https://example.org/')],
  ['the protocol of a URL', () => new URL('https://example.org/'), () => new URL('http://example.org/')],
  ['a message', () => new Error('a'), () => new Error('b')],
  ['classes of errors', () => new TypeError('a'), () => new RangeError('a')],
  ['an Error and a TypeError', () => new Error('a'), () => new TypeError('a')],
  ['an Error and its text', () => new Error('a'), () => 'Error: a'],
  ['an Error and the empty object', () => new Error('a'), () => ({})],
  ['an Error and an object that looks like it', () => new Error('a'), () => ({ name: 'Error', message: 'a' })],
  ['an Error and its message', () => new Error('a'), () => 'a'],
  ['a cause and none', () => new Error('a', { cause: 'b' }), () => new Error('a')],
  ['two causes', () => new Error('a', { cause: new Error('b') }), () => new Error('a', { cause: new Error('c') })],
  ['an undefined cause and none', () => new Error('a', { cause: undefined }), () => new Error('a')],
  ['a property and none', () => Object.assign(new Error('a'), { code: 'E' }), () => new Error('a')],
  ['two properties', () => Object.assign(new Error('a'), { code: 'E1' }), () => Object.assign(new Error('a'), { code: 'E2' })],
  ['a name of its own and none', () => Object.assign(new Error('a'), { name: 'Mine' }), () => new Error('a')],
  ['an Error named TypeError, and a TypeError', () => Object.assign(new Error('a'), { name: 'TypeError' }), () => new TypeError('a')],
  ['an empty message and none', () => new Error(''), () => new Error()],
  ['errors of an AggregateError', () => new AggregateError([new Error('a')]), () => new AggregateError([new Error('b')])],
  ['how many errors of an AggregateError', () => new AggregateError([]), () => new AggregateError([1])],
  ['an AggregateError and an Error with errors', () => new AggregateError([], 'a'), () => Object.assign(new Error('a'), { errors: [] })],
]

const agree: readonly Pair[] = [
  ['Dates of one time', () => new Date(0), () => new Date('1970-01-01T00:00:00.000Z')],
  ['one time in two zones', () => new Date('2026-01-01T01:00:00+01:00'), () => new Date('2026-01-01T00:00:00Z')],
  ['invalid Dates', () => new Date(NaN), () => new Date('no date')],
  ['a Date at minus zero', () => new Date(0), () => new Date(-0)],
  ['RegExps made in two ways', () => /a/g, () => new RegExp('a', 'g')],
  ['two orders of flags', () => new RegExp('a', 'gi'), () => new RegExp('a', 'ig')],
  ['lastIndex after a search that found nothing', () => /a/g, () => { const made = /a/g; made.test('b'); return made }],
  ['URLs written in two ways', () => new URL('https://example.org'), () => new URL('HTTPS://EXAMPLE.org:443/')],
  ['URLs', () => new URL('https://example.org/a?b#c'), () => new URL('/a?b#c', 'https://example.org')],
  ['Errors thrown at two places', () => new Error('a'), () => thrown()],
  ['Errors with a cause', () => new Error('a', { cause: 1 }), () => new Error('a', { cause: 1 })],
  ['Errors with properties in two orders', () => Object.assign(new Error('a'), { b: 1, c: 2 }), () => Object.assign(new Error('a'), { c: 2, b: 1 })],
  ['AggregateErrors', () => new AggregateError([new Error('a')], 'b'), () => new AggregateError([thrown()], 'b')],
  ['TypeErrors from the engine and by hand', () => fromEngine(), () => new TypeError((fromEngine() as Error).message)],
]

function thrown(): unknown {
  try {
    throw new Error('a')
  } catch (error) {
    return error
  }
}

function fromEngine(): unknown {
  try {
    return (null as unknown as { a: number }).a
  } catch (error) {
    return error
  }
}

class HttpError extends Error {
  readonly status: number
  constructor(status: number) {
    super('failed')
    this.status = status
  }
}

const refused: readonly Pair[] = [
  ['a Date with a property and none', () => Object.assign(new Date(0), { zone: 'UTC' }), () => new Date(0)],
  ['a RegExp with a property and none', () => Object.assign(/a/, { label: 'x' }), () => /a/],
  ['a lastIndex that is a number or a text', () => Object.assign(/a/g, { lastIndex: '0' }), () => /a/g],
  ['a URL with a property and none', () => Object.assign(new URL('https://example.org/'), { label: 'x' }), () => new URL('https://example.org/')],
  ['instances of a subclass of Error', () => new HttpError(404), () => new HttpError(500)],
  ['a subclass of Error and an Error', () => new HttpError(404), () => Object.assign(new Error('failed'), { status: 404 })],
  ['DOMExceptions of two names', () => new DOMException('a', 'AbortError'), () => new DOMException('a', 'TimeoutError')],
  ['two searches', () => new URLSearchParams('a=1'), () => new URLSearchParams('a=2')],
  ['two Headers', () => new Headers({ a: '1' }), () => new Headers({ a: '2' })],
  ['two number formats', () => new Intl.NumberFormat('en'), () => new Intl.NumberFormat('de')],
  ['an object that poses as a Date, and one that is', () => Object.create(Date.prototype) as unknown, () => new Date(NaN)],
  ['an object that poses as a URL, and one that is', () => Object.create(URL.prototype) as unknown, () => new URL('https://example.org/')],
]

export const builtins: Subject = { subject: 'Dates, RegExps, URLs and Errors', differ, agree, refused }
