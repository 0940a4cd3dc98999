/** Changes that are made for this program: each swaps pieces of text in one file, or a few. */
export interface Rewrite {
  readonly kind: string
  readonly changes: readonly (readonly [file: string, from: string, to: string])[]
}

const INDEX = 'src/math/index.ts'
const BASIC = 'src/math/basic.ts'
const FIRST = 'src/plugins/first.ts'

const afterShapes = (statement: string): readonly [file: string, from: string, to: string] =>
  ['src/shapes.ts', '    void value\n  }\n}\n', `    void value\n  }\n}\n\n${statement}\n`]

const REAL_LIST: readonly (readonly [kind: string, ...changes: (readonly [file: string, from: string, to: string])[]])[] = [
  ['re-export target swapped', [INDEX, "export { mean as average, median } from './stats.ts'",
    "export { mean as average } from './alt.ts'\nexport { median } from './stats.ts'"]],
  ['star re-export swapped', [INDEX, "export * from './basic.ts'", "export * from './alt.ts'\nexport { half } from './basic.ts'"]],
  ['default re-export swapped', [INDEX, "{ default as spread } from './stats.ts'", "{ sum as spread } from './basic.ts'"]],
  ['namespace re-export swapped', [INDEX, "* as stats from './stats.ts'", "* as stats from './alt.ts'"]],
  ['import re-pointed', [FIRST, "'../math/basic.ts'", "'../math/alt.ts'"]],
  ['import re-pointed, one name', [FIRST, "import { double, scale } from '../math/basic.ts'",
    "import { double } from '../math/basic.ts'\nimport { scale } from '../math/alt.ts'"]],
  ['import of a namespace re-pointed', ['src/orders.ts', "* as math from './math/index.ts'", "* as math from './math/alt.ts'"], ['src/orders.ts',
    'math.PRECISION', '2']],
  ['import of a constant swapped', ['src/constants.ts', "{ double } from './math/basic.ts'", "{ double } from './math/alt.ts'"]],
  ['import of a used function swapped', ['src/shapes.ts', "{ square } from './math/index.ts'", "{ square } from './math/alt.ts'"]],
  ['names of imports swapped', ['src/strategies.ts', '{ half, scale }', '{ half as scale, scale as half }']],
  ['lazy module swapped', ['src/ops.ts', "import('./lazy.ts')", "import('./lazy-too.ts')"], ['src/lazy-too.ts', '',
    "export default (x: number): string => `too ${x}`\nexport const explain = (x: number): string => `${x}?`\n"]],
  ['registration replaced by one of the same name', [FIRST, "register('scale', scale)", "register('scale', double)"]],
  ['registration repeated', ['src/plugins/second.ts', "addHook(", "register('shift', (x) => x - 100)\naddHook("]],
  ['registration moved elsewhere', [FIRST, "register('double', double)\n", ''], ['src/plugins/second.ts', 'addHook(',
    "register('double', (x) => x * 20)\n\naddHook("]],
  ['registration removed', [FIRST, "register('shift', (x) => x + OFFSET)\n", '']],
  ['registrations in another order', ['src/ops.ts', "import './plugins/first.ts'\nimport './plugins/second.ts'",
    "import './plugins/second.ts'\nimport './plugins/first.ts'"]],
  ['instance of another class', ['src/plugins/second.ts', 'new Rounder(5)', 'new Floorer(5)'], ['src/plugins/second.ts', '{ Rounder }', '{ Floorer }']],
  ['instance of a class of the same name', ['src/plugins/second.ts', "{ Rounder } from '../rounder.ts'", "{ Floorer as Rounder } from '../rounder.ts'"]],
  ['exported instance of another class', ['src/rounder.ts', 'defaultRounder = new Rounder(2)', 'defaultRounder = new Floorer(2)']],
  ['base class swapped', ['src/shapes.ts', 'class Blob extends Shape {', 'class Blob extends Circle {'], ['src/shapes.ts', '    super()\n    this.size = size',
    '    super(size)\n    this.size = size']],
  ['override added', ['src/shapes.ts', '    this.radius = radius\n  }\n',
    '    this.radius = radius\n  }\n\n  override describe(): string {\n    return `round ${super.describe()}`\n  }\n']],
  ['override of a small method added', ['src/shapes.ts', '    this.size = size\n  }\n',
    '    this.size = size\n  }\n\n  override get sides(): number { return 1 }\n']],
  ['override removed', ['src/shapes.ts', '\n  override describe(): string {\n    return `[${super.describe()}]`\n  }\n', '']],
  ['static field', ['src/shapes.ts', "#unit = 'cm'", "#unit = 'mm'"]],
  ['static field of a subclass', ['src/shapes.ts', 'static PI = 3.14', 'static PI = 3.1416']],
  ['static block', ['src/shapes.ts', 'Shape.count += 1', 'Shape.count += 2']],
  ['private method', ['src/shapes.ts', '* 100) / 100', '* 10) / 10']],
  ['constructor', ['src/shapes.ts', 'this.side = side', 'this.side = side + 1']],
  ['field from an import', ['src/shapes.ts', 'RATE * 10', 'RATE * 20']],
  ['method inherited', ['src/rounder.ts', 'Math.round(x / this.step) * this.step', 'Math.round(x / this.step) * this.step + 1']],
  ['helper inlined', ['src/orders.ts', '(1 + taxOf(item))', '(1 + CONFIG.tax.high)'], ['src/orders.ts',
    "function taxOf(item: Item): number {\n  const { low, high } = CONFIG.tax\n  return item.name.startsWith('book') ? low : high\n}\n\n", '']],
  ['helper extracted', ['src/orders.ts', 'const net = item.price * item.count', 'const net = netOf(item)'], ['src/orders.ts', 'export const rank',
    'function netOf(item: Item): number {\n  return item.price * item.count + 1\n}\n\nexport const rank']],
  ['function moved', [BASIC, 'export const square = (x: number): number => x * x\n\n', ''], [INDEX, 'export const PRECISION',
    "export { square } from './alt.ts'\nexport const PRECISION"]],
  ['package version', ['node_modules/tiny-lib/package.json', '"version": "1.0.0"', '"version": "1.1.0"'], ['node_modules/tiny-lib/index.js', "'.'", "'_'"]],
  ['environment', ['env:SHOP_REGION', 'north', 'south']],
  ['environment of a flag', ['env:SHOP_DEBUG', 'no', 'yes']],
  ['data', ['src/data.json', '"threshold": 6', '"threshold": 60']],
  ['data that is deep', ['src/data.json', '[41, 12]', '[41, 13]']],
  ['closure captured constant', ['src/strategies.ts', 'multiply(3)', 'multiply(30)']],
  ['closure of a loop', ['src/strategies.ts', '(x: number) => x + i', '(x: number) => x - i']],
  ['callback of a map', ['src/strategies.ts', '(x) => x ** 2', '(x) => x ** 3']],
  ['entries of a map swapped', ['src/strategies.ts', "['triple', triple], ['half', half]", "['triple', half], ['half', triple]"]],
  ['table of functions swapped', ['src/strategies.ts', '  half,\n', '  half: scale,\n']],
  ['function of a nested object', ['src/strategies.ts', "x - WEIGHTS.get('x')!", "x + WEIGHTS.get('x')!"]],
  ['adders', ['src/plugins/second.ts', '[1, 2, 3].map', '[1, 2, 4].map']],
  ['counter', ['src/strategies.ts', 'let count = start', 'let count = start * 2']],
  ['let changed at start', ['src/state.ts', 'let level = 1', 'let level = 3']],
  ['let of a mode', ['src/state.ts', "mode = 'fast'", "mode = 'faster'"]],
  ['condition at start', ['src/state.ts', 'DOUBLED > 15', 'DOUBLED > 150']],
  ['filled at start', ['src/state.ts', 'key.length + level', 'key.length - level']],
  ['awaited at start', ['src/state.ts', 'Promise.resolve(true)', 'Promise.resolve(false)']],
  ['large value', ['src/constants.ts', '(i * 7) % 31', '(i * 7) % 30']],
  ['a constant of a constant', ['src/constants.ts', 'LIMIT = 10', 'LIMIT = 5']],
  ['wordlist', ['src/constants.ts', "'the', 'a', 'of'", "'the', 'of'"]],
  ['circular constant', ['src/even.ts', 'ZERO_IS_EVEN = true', 'ZERO_IS_EVEN = false']],
  ['circular function', ['src/odd.ts', 'isEven(n - 1)', '!isEven(n - 1)']],
  ['op body', ['src/ops.ts', 'counter.read()', 'counter.read() + 1']],
  ['inner op body', ['src/ops.ts', 'item.count > 0 ? priceOf(item) : 0', 'item.count > 0 ? priceOf(item) : 1']],
  ['error class', ['src/orders.ts', 'throw new OrderError(', 'throw new Error(']],
  ['caught value', ['src/orders.ts', 'refused: ', 'no: ']],
  ['async helper', ['src/later.ts', 'i + 1', 'i + 2']],
  ['generator body', ['src/generators.ts', 'yield* CONFIG.steps', 'yield* [...CONFIG.steps].reverse()']],
  ['inside: constant of a closure', ['src/inside.ts', 'compose(half, multiplied(2))', 'compose(half, multiplied(3))']],
  ['inside: closures in another order', ['src/inside.ts', 'compose(half, multiplied(2))', 'compose(multiplied(2), half)']],
  ['inside: argument of a function', ['src/inside.ts', 'makeOps(3, new Meter(10))', 'makeOps(4, new Meter(10))']],
  ['inside: state of an instance that is handed in', ['src/inside.ts', 'new Meter(10)', 'new Meter(12)']],
  ['inside: private field of a field', ['src/inside.ts', 'new Meter(4)', 'new Meter(5)']],
  ['inside: small method of an instance', ['src/inside.ts', 'return x + this.#unit', 'return x - this.#unit']],
  ['inside: put into a local', ['src/inside.ts', 'multiplied(LIMIT)', 'multiplied(RATE)']],
  ['inside: put into a local in a loop', ['src/inside.ts', 'of [1, 2])', 'of [1, 2, 3])'], ['src/inside.ts', 'x + each)', 'x - each)']],
  ['inside: maker of closures', ['src/inside.ts', 'factor + RATE', 'factor - RATE']],
  ['inside: local constant', ['src/inside.ts', 'makeShifted(factor * 2)', 'makeShifted(factor * 3)']],
  ['inside: awaited local', ['src/inside.ts', 'Promise.resolve(factor)', 'Promise.resolve(factor + 1)']],
  ['inside: choice of a function', ['src/inside.ts', 'factor > 2 ? half : scale', 'factor > 20 ? half : scale']],
  ['inside: part of an object', ['src/inside.ts', 'multiplied(7)', 'multiplied(8)']],
  ['inside: class of an instance', ['src/inside.ts', "{ Floorer }", "{ Rounder as Floorer }"]],
  ['inside: made where it becomes an op', ['src/inside.ts', 'multiplied(factor + 1)', 'multiplied(factor + 2)']],
  ['inside: field that a function made', ['src/inside.ts', 'share = multiplied(5)', 'share = multiplied(6)']],
  ['inside: field that a function reads', ['src/inside.ts', 'rate = 2', 'rate = 3']],
  ['enum member', ['src/levels.ts', 'Low = 1', 'Low = 4']],
  ['patch: method replaced in its place', afterShapes('Circle.prototype.area = function () { return this.radius }')],
  ['patch: method replaced by a closure',
    afterShapes('const sized = (by: number) => function (this: Square): number { return this.side * by }\nSquare.prototype.area = sized(2)')],
  ['patch: method that is inherited replaced', afterShapes('Object.assign(Shape.prototype, { describe(this: Shape) { return this.name } })')],
  ['patch: accessor replaced', afterShapes("Object.defineProperty(Circle.prototype, 'name', { get: () => 'disc' })")],
  ['patch: static method replaced', afterShapes('Shape.create = (_, size) => new Circle(size)')],
  ['patch: method replaced under a condition', ['src/rounder.ts', 'defaultRounder = new Rounder(2)\n',
    'defaultRounder = new Rounder(2)\nif (defaultRounder.step > 1) Rounder.prototype.round = Floorer.prototype.round\n']],
]

export const REAL: readonly Rewrite[] = REAL_LIST.map(([kind, ...changes]) => ({ kind, changes }))

const NEUTRAL_LIST: readonly (readonly [kind: string, ...changes: (readonly [file: string, from: string, to: string])[]])[] = [
  ['type-only import', ['src/later.ts', "import { LIMIT }", "import type { Item } from './types.ts'\nexport type Items = Item[]\nimport { LIMIT }"]],
  ['unused import', ['src/later.ts', "import { LIMIT }", "import { NAMES } from './constants.ts'\nimport { LIMIT }"]],
  ['unused import of another module', ['src/text.ts', "import { pad }", "import { Level } from './levels.ts'\nimport { pad }"]],
  ['imports in another order', ['src/strategies.ts', "import { RATES, WEIGHTS } from './constants.ts'\nimport { half, scale } from './math/index.ts'",
    "import { half, scale } from './math/index.ts'\nimport { RATES, WEIGHTS } from './constants.ts'"]],
  ['import renamed', ['src/shapes.ts', '{ square }', '{ square as squareOf }'], ['src/shapes.ts', 'return square(this.side', 'return squareOf(this.side'],
    ['src/shapes.ts', 'PI * square', 'PI * squareOf']],
  ['import through another way', ['src/shapes.ts', "'./math/index.ts'", "'./math/basic.ts'"]],
  ['import through a namespace', ['src/later.ts', "{ average } from './math/index.ts'", "* as math from './math/index.ts'"], ['src/later.ts',
    'average(numbers)', 'math.average(numbers)']],
  ['locals renamed', ['src/math/stats.ts', 'const sorted =', 'const ordered ='], ['src/math/stats.ts', 'sorted[middle]', 'ordered[middle]'],
    ['src/math/stats.ts', 'sorted.slice', 'ordered.slice'], ['src/math/stats.ts', 'sorted.length >> 1', 'ordered.length >> 1'], ['src/math/stats.ts',
    'return sorted.length', 'return ordered.length']],
  ['parameter renamed', ['src/math/basic.ts', 'scale(x: number, factor = 3)', 'scale(y: number, factor = 3)'], ['src/math/basic.ts', 'x * factor', 'y * factor']],
  ['declarations in another order', ['src/constants.ts', "export const RATE: number = 0.2\nexport const DOUBLED = double(LIMIT)\n",
    "export const DOUBLED = double(LIMIT)\nexport const RATE: number = 0.2\n"]],
  ['functions in another order', ['src/levels.ts', 'export function levelOf', 'function unusedHere() { return 1 }\nexport function levelOf']],
  ['methods in another order', ['src/odd.ts', 'if (n === 0) return false', 'if (n === 0) { return false }']],
  ['quotes', ['src/text.ts', "'aeiou'", '"aeiou"'], ['src/text.ts', "''", '""']],
  ['type annotation', ['src/constants.ts', 'LIMIT = 10', 'LIMIT: number = 10'], ['src/later.ts', 'const numbers = await', 'const numbers: number[] = await']],
  ['types removed', ['src/constants.ts', 'RATES: Rates', 'RATES']],
  ['satisfies', ['src/constants.ts', '[1, 2, 3] }', '[1, 2, 3] } satisfies object']],
  ['interface', ['src/types.ts', 'readonly count: number }', 'readonly count: number; readonly more?: string }']],
  ['unused export', ['src/constants.ts', 'export const LIMIT', 'export const UNUSED = 12\nexport const LIMIT'], ['src/rounder.ts',
    'export const defaultRounder', 'export const otherRounder = new Rounder(9)\nexport const defaultRounder']],
  ['unused class', ['src/rounder.ts', 'export class Floorer', 'export class Unused extends Rounder { more = 1 }\n\nexport class Floorer']],
  ['unused code extracted', ['src/generators.ts', 'export function* steps', 'export const unusedToo = (n: number) => [...range(0, n)]\n\nexport function* steps']],
  ['unused file', ['src/unused.ts', '', 'export const nothing = 1\n']],
  ['let for const', ['src/text.ts', 'const counts:', 'let counts:'], ['src/state.ts', 'const table:', 'let table:']],
  ['layout of data', ['src/data.json', '{ "threshold"', '{\n  "threshold"']],
  ['package text', ['node_modules/tiny-lib/package.json', '"type": "module"', '"description": "small", "type": "module"']],
  ['number written otherwise', ['src/constants.ts', 'LIMIT = 10', 'LIMIT = 0xa']],
  ['env of nobody', ['env:SHOP_OTHER', '', 'x']],
]

export const NEUTRAL: readonly Rewrite[] = NEUTRAL_LIST.map(([kind, ...changes]) => ({ kind, changes }))

/** Undefined where the text isn't there to be changed. */
export function rewrite(sources: ReadonlyMap<string, string>, { changes }: Rewrite): Map<string, string> | undefined {
  const edited = new Map(sources)
  for (const [file, from, to] of changes) {
    const text = edited.get(file) ?? ''
    if (!text.includes(from) || (from === '' && text !== '')) return undefined
    edited.set(file, text.replace(from, () => to))
  }
  return edited
}
