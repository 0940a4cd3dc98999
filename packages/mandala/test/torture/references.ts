import type { Pair, Subject } from './pair.ts'

interface Link { next?: Link; n?: number }

/** A ring of so many links. */
function ring(length: number, mark: (i: number) => object = () => ({})): Link {
  const links: Link[] = Array.from({ length }, (_, i) => mark(i) as Link)
  for (const [i, link] of links.entries()) link.next = links[(i + 1) % length] as Link
  return links[0] as Link
}

/** So many links that lead into a ring. */
function tail(length: number, end: Link): Link {
  return length === 0 ? end : { next: tail(length - 1, end) }
}

const twice = (part: object): unknown => [part, part]
const loop = (): unknown[] => { const made: unknown[] = []; made.push(made); return made }

const differ: readonly Pair[] = [
  ['shared and copied', () => twice({ n: 1 }), () => [{ n: 1 }, { n: 1 }]],
  ['shared and copied empty objects', () => twice({}), () => [{}, {}]],
  ['shared and copied arrays', () => twice([1]), () => [[1], [1]]],
  ['shared and copied under keys', () => { const part = { n: 1 }; return { a: part, b: part } }, () => ({ a: { n: 1 }, b: { n: 1 } })],
  ['shared and copied Dates', () => twice(new Date(0)), () => [new Date(0), new Date(0)]],
  ['which two of three are shared', () => { const part = {}; return [part, part, {}] }, () => { const part = {}; return [part, {}, part] }],
  ['two pairs or two crossed', () => { const [a, b] = [{}, {}]; return [a, a, b, b] }, () => { const [a, b] = [{}, {}]; return [a, b, b, a] }],
  ['shared deep within, and copied', () => { const part = {}; return [{ x: [part] }, { x: [part] }] }, () => [{ x: [{}] }, { x: [{}] }]],
  ['shared between a key and an element of a Map', () => { const part = {}; return new Map([[part, part]]) }, () => new Map([[{}, {}]])],
  ['shared elements of a Set', () => { const part = {}; return new Set([[part, part]]) }, () => new Set([[{}, {}]])],
  ['a cycle and none', () => ring(1), () => ({})],
  ['a cycle and one level of it', () => ring(1), () => ({ next: {} })],
  ['rings of one and two', () => ring(1), () => ring(2)],
  ['rings of two and three', () => ring(2), () => ring(3)],
  ['rings of two and four', () => ring(2), () => ring(4)],
  ['a ring and a tail into it', () => ring(2), () => tail(1, ring(2))],
  ['tails of two lengths into a ring', () => tail(1, ring(1)), () => tail(2, ring(1))],
  ['rings with marks in another order', () => ring(3, (n) => ({ n })), () => ring(3, (i) => ({ n: (3 - i) % 3 }))],
  ['where in a ring one begins', () => ring(2, (n) => ({ n })), () => ring(2, (n) => ({ n })).next],
  ['an array that holds itself, and one in it', () => loop(), () => [loop()]],
  ['an array that holds itself once or twice', () => loop(), () => { const made = loop(); made.push(made); return made }],
  ['back to the root or to the parent', () => back('root'), () => back('parent')],
  ['back to the root, and a copy of it', () => back('root'), () => ({ child: { to: { child: {} } } })],
  ['two roots', () => [ring(1), ring(1)], () => twice(ring(1))],
  ['a Map that holds itself, and an empty one', () => { const made = new Map(); made.set('a', made); return made }, () => new Map([['a', new Map()]])],
  ['a Set that holds itself, and an empty one', () => { const made = new Set(); made.add(made); return made }, () => new Set([new Set()])],
  ['an Error that causes itself, and one that does not', () => { const made = new Error('a'); made.cause = made; return made },
    () => new Error('a', { cause: new Error('a') })],
  ['a tree whose leaves know their root, and know each other', () => tree(true), () => tree(false)],
]

function back(to: 'root' | 'parent'): object {
  const root: Record<string, unknown> = {}
  const child: Record<string, unknown> = {}
  const leaf = { to: to === 'root' ? root : child }
  return Object.assign(root, { child: Object.assign(child, { leaf }) })
}

function tree(isToRoot: boolean): object {
  const leaves: Record<string, unknown>[] = [{}, {}]
  const root = { leaves }
  for (const [i, leaf] of leaves.entries()) leaf['to'] = isToRoot ? root : leaves[1 - i]
  return root
}

const agree: readonly Pair[] = [
  ['shared objects', () => twice({ n: 1 }), () => twice({ n: 1 })],
  ['rings of three', () => ring(3), () => ring(3)],
  ['rings with marks', () => ring(3, (n) => ({ n })), () => ring(3, (n) => ({ n }))],
  ['tails into rings', () => tail(2, ring(2)), () => tail(2, ring(2))],
  ['arrays that hold themselves', () => loop(), () => loop()],
  ['a ring and its structured clone', () => ring(2), () => structuredClone(ring(2))],
  ['trees whose leaves know their root', () => tree(true), () => structuredClone(tree(true))],
  ['cycles with keys in two orders', () => { const made: Record<string, unknown> = { a: 1 }; made['self'] = made; return made },
    () => { const made: Record<string, unknown> = {}; made['self'] = made; made['a'] = 1; return made }],
  ['Maps that hold themselves', () => { const made = new Map(); made.set('a', made); return made }, () => { const made = new Map(); made.set('a', made); return made }],
  ['a shared string and two', () => { const text = 'a'.repeat(2000); return [text, text] }, () => ['a'.repeat(2000), 'a'.repeat(2000)]],
  ['a shared number and two', () => { const n = 0.5; return [n, n] }, () => [0.5, 1 / 2]],
  ['a hundred links', () => ring(100), () => ring(100)],
]

export const references: Subject = { subject: 'cycles and shared references', differ, agree, refused: [] }
