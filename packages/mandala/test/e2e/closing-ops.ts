/** An op over private state that a module sets in some way when it is loaded. */
const setting = (sets: string, f: string): string => `class Model { #k = 1; set(k: number) { this.#k = k } run(x: number) { return scale(x, this.#k) } }
const model = new Model()\n${sets}\nconst f = op('${f}', (x: number) => model.run(x))`

/** Ops over a function that multiplies by what it closes over, each in a module of its own. */
export const CLOSING: Readonly<Record<string, (factor: number, name: string) => string>> = {
  'a local function, by its name': (k, f) => `function make(k: number) { function ${f}(x: number) { return scale(x, k) } return op(${f}) }\nconst f = make(${k})`,
  'a local constant': (k, f) => `function make(k: number) { const ${f} = (x: number) => scale(x, k); return op(${f}) }\nconst f = make(${k})`,
  'a local function that it calls': (k, f) =>
    `function make(k: number) { const inner = (x: number) => scale(x, k); return op('${f}', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'a local class': (k, f) =>
    `function make(k: number) { class Local { f(x: number) { return scale(x, k) } } return op('${f}', (x: number) => new Local().f(x)) }\nconst f = make(${k})`,
  '`this` in a method': (k, f) => `class Maker { k; constructor(k: number) { this.k = k } make() { return op('${f}', (x: number) => scale(x, this.k)) } }
const f = new Maker(${k}).make()`,
  'a method of `this`': (k, f) => `class Maker { k; constructor(k: number) { this.k = k } g(x: number) { return scale(x, this.k) }
  make() { return op('${f}', (x: number) => this.g(x)) } }\nconst f = new Maker(${k}).make()`,
  'a private field': (k, f) => `class Maker { #k; constructor(k: number) { this.#k = k }
  make() { return op('${f}', (x: number) => scale(x, this.#k)) } }
const f = new Maker(${k}).make()`,
  'a field that is an op': (k, f) => `class Maker { k; constructor(k: number) { this.k = k }
  f = op('${f}', (x: number) => scale(x, this.k)) }\nconst { f } = new Maker(${k})`,
  'arguments': (k, f) => `function make(..._: number[]) { return op('${f}', (x: number) => scale(x, arguments[0])) }\nconst f = make(${k})`,
  'a function that another one makes': (k, f) => `const f = op('${f}', multiply(${k}))`,
  'a value of the module level': (k, f) => `const made = multiply(${k})\nconst f = op('${f}', made)`,
  'a member of a value of the module level': (k, f) => `const made = { f: multiply(${k}) }\nconst f = op('${f}', made.f)`,
  'a table of ops': (k, f) => `const ops = { f: op('${f}', multiply(${k})) }\nconst { f } = ops`,
  'a bound function': (k, f) => `const f = op('${f}', flipped.bind(null, ${k}), { inputs: ['x'] })`,
  'what another function makes, inside a third': (k, f) => `function make(k: number) { const made = multiply(k); return op('${f}', made) }\nconst f = make(${k})`,
  'text of the function around it': (k, f) => `function make() { return op('${f}', multiply(${k})) }\nconst f = make()`,
  'a variable of a loop': (k, f) => `const all = []\nfor (const k of [${k}]) all.push(op('${f}', (x: number) => scale(x, k)))\nconst [f] = all`,
  'a function of one\'s own that makes ops': (k, f) => `const make = (fn: (x: number) => number) => op('${f}', fn)\nconst f = make(multiply(${k}))`,
  'what another function made, beside it': (k, f) => `function make() { const inner = multiply(${k}); return op('${f}', (x: number) => inner(x)) }\nconst f = make()`,
  'what another function made of a parameter, beside it': (k, f) =>
    `function make(k: number) { const inner = multiply(k); return op('${f}', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'a constant of the module level in what another function made': (k, f) => `const K = ${k}
const multiplyByK = () => { const k = K; return (x: number) => scale(x, k) }
function make() { const inner = multiplyByK(); return op('${f}', (x: number) => inner(x)) }\nconst f = make()`,
  'a local bound function': (k, f) => `function make(k: number) { const inner = flipped.bind(null, k)
  return op('${f}', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'a part of what another function made': (k, f) =>
    `function make(k: number) { const { inner } = { inner: multiply(k) }; return op('${f}', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'what a statement puts into a local': (k, f) => `function make() { const steps = new Map<string, (x: number) => number>(); steps.set('by', multiply(${k}))
  return op('${f}', (x: number) => steps.get('by')!(x)) }\nconst f = make()`,
  'what a loop puts into a local': (k, f) => `function make(ks: number[]) { const steps: ((x: number) => number)[] = []
  for (const k of ks) steps.push(multiply(k))
  return op('${f}', (x: number) => steps[0]!(x)) }\nconst f = make([${k}])`,
  'a local of a block beside it': (k, f) => `function make() { let inner: (x: number) => number; { const k = ${k}; inner = (x) => scale(x, k) }
  return op('${f}', (x: number) => inner(x)) }\nconst f = make()`,
  'which of two local functions it is': (k, f) =>
    `function make(i: number) { const inner = [(x: number) => scale(x, 3), (x: number) => scale(x, 4)][i]!; return op('${f}', (x: number) => inner(x)) }
const f = make(${k - 3})`,
  'which of two functions it was handed': (k, f) => `const make = (inner: (x: number) => number) => op('${f}', (x: number) => inner(x))
const f = make([(x: number) => scale(x, 3), (x: number) => scale(x, 4)][${k - 3}]!)`,
  'what a promise beside it comes to': (k, f) =>
    `function make(k: number) { const later = Promise.resolve(k); return op('${f}', async (x: number) => scale(x, await later)) }\nconst f = make(${k})`,
  'the private state of an instance beside it': (k, f) => `class Model { #k; constructor(k: number) { this.#k = k } run(x: number) { return scale(x, this.#k) } }
function make() { const model = new Model(${k}); return op('${f}', (x: number) => model.run(x)) }\nconst f = make()`,
  'the private state of an instance that it is handed': (k, f) => `class Base { #k; constructor(k: number) { this.#k = k } run(x: number) { return scale(x, this.#k) } }
class Model extends Base { name = 'model' }
const make = (model: Model) => op('${f}', (x: number) => model.run(x))\nconst f = make(new Model(${k}))`,
  'a small method of an instance beside it': (k, f) => `class Model { k = 1; run(x: number) { return x * ${k} } }
function make() { const model = new Model(); return op('${f}', (x: number) => model.run(x)) }\nconst f = make()`,
  'a small method of an instance within one that it is handed': (k, f) => `class Inner { run(x: number) { return x * ${k} } }
class Model { #inner = new Inner(); run(x: number) { return this.#inner.run(x) } }
const make = (model: Model) => op('${f}', (x: number) => model.run(x))\nconst f = make(new Model())`,
  'the name of a field of an instance': (k, f) => `class Box {} interface Box { [key: string]: number }
function make() { const box = new Box(); box[process.argv[2] ?? 'by${k}'] = 1; return op('${f}', (x: number) => scale(x, 'by3' in box ? 3 : 4)) }
const f = make()`,
  'the private state of `this`': (k, f) => `class Maker { #k; constructor(k: number) { this.#k = k } #g(x: number) { return scale(x, this.#k) }
  f = op('${f}', (x: number) => this.#g(x)) }\nconst { f } = new Maker(${k})`,
  'a field that another function made': (k, f) => `class Maker { g = multiply(${k}); f = op('${f}', (x: number) => this.g(x)) }\nconst { f } = new Maker()`,
  'a field that is a function': (k, f) => `class Maker { k; constructor(k: number) { this.k = k } g = (x: number) => scale(x, this.k)
  f = op('${f}', (x: number) => this.g(x)) }\nconst { f } = new Maker(${k})`,
  'an instance in a parameter, with a field that is a function': (k, f) => `class Model { k; constructor(k: number) { this.k = k } run = (x: number) => scale(x, this.k) }
const make = (model: Model) => op('${f}', (x: number) => model.run(x))\nconst f = make(new Model(${k}))`,
  'a method taken from an instance': (k, f) => `class Model { #k; constructor(k: number) { this.#k = k } run = (x: number) => scale(x, this.#k) }
function make() { const model = new Model(${k}); return op('${f}', model.run) }\nconst f = make()`,
  'what an assignment to a pattern puts into a local': (k, f) => `function make() { const steps: { by?: any } = {}; [steps.by] = [multiply(${k})]
  return op('${f}', (x: number) => steps.by(x)) }\nconst f = make()`,
  'what a loop gives to a member of a local': (k, f) => `function make() { const steps: { by?: any } = {}; for (steps.by of [multiply(${k})]);
  return op('${f}', (x: number) => steps.by(x)) }\nconst f = make()`,
  'what Object.assign puts into a local': (k, f) => `function make() { const steps: { by?: any } = {}; const by = multiply(${k}); Object.assign(steps, { by })
  return op('${f}', (x: number) => steps.by(x)) }\nconst f = make()`,
  'what is put into a local by another name': (k, f) => `function make() { const steps: any = { inner: {} }; const { inner } = steps; inner.by = multiply(${k})
  return op('${f}', (x: number) => steps.inner.by(x)) }\nconst f = make()`,
  'a function of the module level with another one for a default': (k, f) => `const multiplyAnd = (k: number) => (x: number, g = (y: number) => [y][0]!) => scale(g(x), k)
const made = { by: multiplyAnd(${k}) }; const f = op('${f}', (x: number) => made.by(x))`,
  'a method with a function for a default': (k, f) => `
const make = (k: number) => ({ by(x: number, g = function (y: number) { return [y][0]! }) { return scale(g(x), k) } })
const made = [make(${k}).by]; const f = op('${f}', (x: number) => made[0]!(x))`,
  'a field under a symbol': (k, f) => `class Model { constructor(k: number) { Object.assign(this, { [Symbol.for('by')]: k }) } }
const make = (model: any) => op('${f}', (x: number) => scale(x, model[Symbol.for('by')]))\nconst f = make(new Model(${k}))`,
  'a field that no loop comes by, of an instance in an array': (k, f) => `class Model { constructor(k: number) { Object.defineProperty(this, 'by', { value: k }) } }
const make = (models: any[]) => op('${f}', (x: number) => scale(x, models[0].by))\nconst f = make([new Model(${k})])`,
  'what is put into a local by way of what holds it': (k, f) => `function make() { const steps: any[] = []; const all = { steps }; all.steps.push(multiply(${k}))
  return op('${f}', (x: number) => steps[0](x)) }\nconst f = make()`,
  'what is put into a local that was put into another': (k, f) => `function make() { const steps: any[] = []; const all: any = {}; all.steps = steps
  all.steps.push(multiply(${k})); return op('${f}', (x: number) => steps[0](x)) }\nconst f = make()`,
  'what is put into one of two locals': (k, f) => `function make(isFirst: boolean) { const [steps, others]: any[][] = [[], []]; const chosen = isFirst ? steps : others
  chosen!.push(multiply(${k})); return op('${f}', (x: number) => steps![0](x)) }\nconst f = make(true)`,
  'what a loop over locals puts into them': (k, f) => `function make() { const steps: any[] = []; for (const each of [steps]) each.push(multiply(${k}))
  return op('${f}', (x: number) => steps[0](x)) }\nconst f = make()`,
  'what decides what a local is given': (k, f) => `function make(isLarge: boolean) { let inner = multiply(3); if (isLarge) inner = multiply(4)
  return op('${f}', (x: number) => inner(x)) }\nconst f = make(${k > 3})`,
  'what decides how far a loop comes that gives a local': (k, f) => `function make(n: number) { let inner = multiply(3)
  for (const _ of [1]) { if (n < 4) continue; inner = multiply(4) }
  return op('${f}', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'what decides what is put into a local': (k, f) => `function make(size: string) { const steps = new Map<string, any>()
  switch (size) { case 'small': steps.set('by', multiply(3)); break; default: steps.set('by', multiply(4)) }
  return op('${f}', (x: number) => steps.get('by')(x)) }\nconst f = make('${k > 3 ? 'large' : 'small'}')`,
  'what a function that was given beside it puts into a local': (k, f) => `const state = () => { let k = 0; return [() => [k][0]!, (n: number) => { k = n }] as const }
function make() { const [get, set] = state(); set(${k}); return op('${f}', (x: number) => scale(x, get())) }\nconst f = make()`,
  'what is put into a local on the way': (k, f) => `function make() { const steps: any[] = []; const n = steps.length === 0 ? steps.push(multiply(${k})) : 0
  return op('${f}', (x: number) => steps[n - 1](x)) }\nconst f = make()`,
  'what a function puts into a local that it is handed': (k, f) => `const put = (steps: any[], step: any) => { steps[0] = step }
function make() { const steps: any[] = []; put(steps, multiply(${k})); return op('${f}', (x: number) => steps[0](x)) }\nconst f = make()`,
  'a property under a symbol': (k, f) => `const by = Symbol('by'); const make = (steps: any) => op('${f}', (x: number) => scale(x, steps[by]))
const f = make({ [by]: ${k} })`,
  'a property that no loop comes by': (k, f) => `const make = (steps: any) => op('${f}', (x: number) => scale(x, steps.by))
const f = make(Object.defineProperty({}, 'by', { value: ${k} }))`,
  'what an object has from another': (k, f) => `const make = (steps: any) => op('${f}', (x: number) => scale(x, steps.by))\nconst f = make(Object.create({ by: ${k} }))`,
  'the private state of a Map of one\'s own': (k, f) => `class Steps extends Map { #k; constructor(k: number) { super(); this.#k = k } get k() { return this.#k } }
const make = (steps: Steps) => op('${f}', (x: number) => scale(x, steps.k))\nconst f = make(new Steps(${k}))`,
  'a field of an array of one\'s own': (k, f) => `class Steps extends Array { k; constructor(k: number) { super(); this.k = k } }
const make = (steps: Steps) => op('${f}', (x: number) => scale(x, steps.k))\nconst f = make(new Steps(${k}))`,
  'a small method of an instance that it is handed': (k, f) => `class Model { run(x: number) { return x * ${k} } }
const make = (model: Model) => op('${f}', (x: number) => model.run(x))\nconst f = make(new Model())`,
  'state that a class keeps elsewhere': (k, f) => `const states = new WeakMap<Model, number>()
class Model { constructor(k: number) { states.set(this, k) } run(x: number) { return scale(x, states.get(this)!) } }
function make() { const model = new Model(${k}); return op('${f}', (x: number) => model.run(x)) }\nconst f = make()`,
  'the heritage of a local class': (k, f) => `const scaling = (k: number) => class { run(x: number) { return scale(x, k) } }
function make() { class Model extends scaling(${k}) {} const model = new Model(); return op('${f}', (x: number) => model.run(x)) }\nconst f = make()`,
  'a static private field that a statement sets': (k, f) => `class Model { static #k = 1; static set(k: number) { this.#k = k }
  static run(x: number) { return scale(x, Model.#k) } }
const set = (k: number) => Model.set(k)
set(${k})
const f = op('${f}', (x: number) => Model.run(x))`,
  'a static private table that a statement fills': (k, f) => `class Steps { static #all = new Map<string, number>()
  static add(name: string, k: number) { this.#all.set(name, k) }
  static run(x: number) { return scale(x, this.#all.get('by')!) } }
Steps.add('by', ${k})
const f = op('${f}', (x: number) => Steps.run(x))`,
  'a static private field of a local class': (k, f) => `function make(k: number) { class Model { static #k = 1; static set(k: number) { this.#k = k }
  static run(x: number) { return scale(x, Model.#k) } }
  Model.set(k); return op('${f}', (x: number) => Model.run(x)) }
const f = make(${k})`,
  'a closure that a statement puts on a prototype': (k, f) => `class Model { declare run: (x: number) => number }
Model.prototype.run = multiply(${k})
const f = op('${f}', (x: number) => new Model().run(x))`,
  'a closure that a function puts on a prototype': (k, f) => `class Model { declare run: (x: number) => number }
const wrap = (made: typeof Model, k: number) => { made.prototype.run = (x) => scale(x, k) }
wrap(Model, ${k})
const f = op('${f}', (x: number) => new Model().run(x))`,
  'a closure on the prototype of an instance': (k, f) => `class Model { declare run: (x: number) => number }
const wrap = (made: typeof Model, k: number) => { made.prototype.run = (x) => scale(x, k) }
wrap(Model, ${k})
const model = new Model()
const f = op('${f}', (x: number) => model.run(x))`,
  'data on a prototype': (k, f) => `class Model { declare k: number; run(x: number) { return scale(x, this.k) } }
Object.assign(Model.prototype, { k: ${k} })
const f = op('${f}', (x: number) => new Model().run(x))`,
  'what a local class closes over that nothing else tells of': (k, f) => `const classOf = (k: number) => class { run = 1; static k = k; by = k }
function make() { const C = classOf(${k}); return op('${f}', (x: number) => scale(x, new C().by)) }\nconst f = make()`,
  'a class of the module level that a function made': (k, f) => `const classOf = (k: number) => class { by = k }
const C = classOf(${k}); const make = (C: new () => { by: number }) => op('${f}', (x: number) => scale(x, new C().by))\nconst f = make(C)`,
  'a field that closes over a local of its own': (k, f) => `const K = ${k}
class Model { run = [K].map((k) => (x: number) => scale(x, k))[0]!; f = op('${f}', (x: number) => this.run(x)) }\nconst { f } = new Model()`,
  'a field of an instance beside it that closes over a local of its own': (k, f) => `const K = ${k}
class Model { run = [K].map((k) => (x: number) => scale(x, k))[0]! }
function make() { const model = new Model(); return op('${f}', (x: number) => model.run(x)) }\nconst f = make()`,
  'a small method of a class that the class it is handed extends': (k, f) => `class Base { run(x: number) { return x * ${k} } }
class Model extends Base {}\nconst make = (C: typeof Model) => op('${f}', (x: number) => new C().run(x))\nconst f = make(Model)`,
  'what a function made that the class in a table extends': (k, f) => `const K = ${k}; const baseOf = (k: number) => class { run(x: number) { return x * k } }
class Model extends baseOf(K) {}\nconst table = { Model }\nconst f = op('${f}', (x: number) => new table.Model().run(x))`,
  'a closure that is put into a class later': (k, f) => `class Model { static run = (x: number) => x }\nModel.run = multiply(${k})
const f = op('${f}', (x: number) => Model.run(x))`,
  'a small method that a class in a table inherits': (k, f) => `class Base { static run(x: number) { return x * ${k} } }
class Model extends Base {}\nconst models: Record<string, typeof Model> = { Model }\nconst f = op('${f}', (x: number) => models['Model']!.run(x))`,
  'a closure that a class is handed for a table of its own': (k, f) => `class Steps { static all = new Map<string, (x: number) => number>()
  static add(name: string, step: (x: number) => number) { this.all.set(name, step) } }
Steps.add('by', multiply(${k}))\nconst f = op('${f}', (x: number) => Steps.all.get('by')!(x))`,
  'a method of the class above': (k, f) => `class Base { k() { return ${k} } }
class Model extends Base { make() { return op('${f}', (x: number) => scale(x, super.k())) } }\nconst f = new Model().make()`,
  'a bound function in a table': (k, f) => `const steps = { by: flipped.bind(null, ${k}) }\nconst f = op('${f}', (x: number) => steps.by(x))`,
  'a namespace in a parameter': (_, f) => `import * as steps from './steps.ts'
const make = (given: typeof steps) => op('${f}', (x: number) => given.by(x))\nconst f = make(steps)`,
  'a namespace in a table': (_, f) => `import * as steps from './steps.ts'
const all = [steps]\nconst f = op('${f}', (x: number) =>\n  all[0]!.by(x) * all[0]!.one * Number(all[0]!.text === 'steps'))`,
  'a value that has no name in its module': (_, f) => `import given from './steps.ts'\nconst f = op('${f}', (x: number) => scale(x, given.k))`,
  'what a module of statements alone gives to a function of another': (_, f) => `import { get } from './state.ts'\nimport './setting.ts'
const f = op('${f}', (x: number) => scale(x, get()))`,
  'what a literal puts into a WeakMap': (k, f) => `const key = {}\nconst all = new WeakMap<object, number>([[key, ${k}]])
const f = op('${f}', (x: number) => scale(x, all.get(key)!))`,
  'a private name in a default': (k, f) => `class Maker { static #k = ${k}; static make() { return op('${f}', (x: number, by: number = Maker.#k) => scale(x, by)) } }
const f = Maker.make()`,
  'a value of the module level that is handed to it': (k, f) => `const made = multiply(${k}); const steps = { by: multiply(${k}) }
const make = (inner: { by(x: number): number }) => op('${f}', (x: number) => inner.by(x))\nconst f = make(steps)`,
  'an op of the same name made later': (k, f) => `const make = (k: number) => op('${f}', (x: number) => scale(x, k))\nconst f = make(${k})\nmake(7)`,
  'what stands there under a name that something else has by then': (k, f) => `function make() { const k = ${k}; const inner = (x: number) => scale(x, k)
  { const k = 5; return op('${f}', (x: number) => inner(x) + k - 5) } }\nconst f = make()`,
  'two functions of one place that it is handed': (k, f) => `const a = multiply(${k}), b = multiply(${7 - k})
const make = (g: (x: number) => number, h: (x: number) => number) => op('${f}', (x: number) => g(x) + h(0))\nconst f = make(a, b)`,
  'a class in a parameter that extends one which a function made': (k, f) => `const K = ${k}
const classOf = (k: number) => class { run(x: number) { return x * k } }\nconst Base = classOf(K)\nclass Model extends Base {}
const make = (M: typeof Model) => op('${f}', (x: number) => new M().run(x))\nconst f = make(Model)`,
  'a getter over a local, put on a prototype': (k, f) => `class Model { declare k: number; run(x: number) { return scale(x, this.k) } }
const put = (made: typeof Model, k: number) => Object.defineProperty(made.prototype, 'k', { get: () => k })
put(Model, ${k})\nconst f = op('${f}', (x: number) => new Model().run(x))`,
  'what is put on a prototype under a symbol': (k, f) => `const by = Symbol('by')
class Model { declare [by]: number; run(x: number) { return scale(x, this[by]) } }
Model.prototype[by] = ${k}\nconst f = op('${f}', (x: number) => new Model().run(x))`,
  'a bound function, put on a prototype': (k, f) => `class Model { declare run: (x: number) => number }
const put = (made: typeof Model, k: number) => { made.prototype.run = flipped.bind(null, k) }
put(Model, ${k})\nconst f = op('${f}', (x: number) => new Model().run(x))`,
  'what a class has and doesn\'t list': (k, f) => `class Model { declare static k: number; static run(x: number) { return scale(x, Model.k) } }
Object.defineProperty(Model, 'k', { value: ${k} })\nconst f = op('${f}', (x: number) => Model.run(x))`,
  'what is put on the prototype of an instance that a call is given': (k, f) => `import { registerType } from 'mandala-ts'
class Model { declare run: (x: number) => number }
registerType({ name: 'model of ${f}', is: (value): value is Model => value instanceof Model, encode: () => 1, decode: () => new Model() })
const put = (made: typeof Model, k: number) => { made.prototype.run = (x) => scale(x, k) }
put(Model, ${k})\nconst run = op('${f}', (x: number, model: Model) => model.run(x))\nconst f = (x: number) => run(x, new Model())`,
  'private state from a variable that a statement assigned': (k, f) => setting(`let by = 0\nif (model) by = ${k}\nmodel.set(by)`, f),
  'private state from a variable that a function assigned': (k, f) => setting(`let by = 0\nconst assign = () => { by = ${k} }\nassign()\nmodel.set(by)`, f),
  'private state from what statements filled': (k, f) => setting(`const all: number[] = []\nall.push(${k})\nmodel.set(all[0]!)`, f),
  'private state from more than is looked at': (k, f) =>
    setting(`const all: number[] = []\nfor (let i = 0; i < 5000; i += 1) all.push(${k})\nmodel.set(all[0]!)`, f),
  'private state from what a function carries': (k, f) => setting(`function carry() {}\ncarry.k = 1\ncarry.k = ${k}\nmodel.set(carry.k)`, f),
  'private state from what a promise came to': (k, f) => setting(`const later = Promise.withResolvers<number>()\nlater.resolve(${k})\nmodel.set(await later.promise)`, f),
  'private state that a callback of a statement sets': (k, f) => setting(`;[${k}].forEach((k) => model.set(k))`, f),
  'private state that a function sets where it stands': (k, f) => setting(`;(() => { model.set(${k}) })()`, f),
  'private state that a callback sets later': (k, f) => setting(`queueMicrotask(() => model.set(${k}))`, f),
  'private state that a callback of a declaration sets': (k, f) => setting(`const set = [1].map(() => model.set(${k}))`, f),
  'private state that the static part of another class sets': (k, f) => setting(`class Setting { static { model.set(${k}) } }`, f),
  'private state that the function which calls it sets': (k, f) => `${setting('', f).replace('const f = op', 'const inner = op')}
const f = async (x: number) => { model.set(${k}); return inner(x) }`,
  'private state that the head of another class sets': (k, f) => setting(`class Setting extends [Object].map((each) => { model.set(${k}); return each })[0]! {}`, f),
}

const module = (source: string): string => `import { op } from 'mandala-ts'
const scale = (x: number, by: number) => [x].map((each) => each * by)[0]!
const multiply = (k: number) => (x: number) => scale(x, k)
const flipped = (k: number, x: number) => scale(x, k)
${source}
export default f as (x: number) => Promise<number>
`

/** The modules, and one that has the ops by what they are for. */
export function writeClosing(factor: number): Record<string, string> {
  const all = Object.entries(CLOSING)
  const imports = all.map((_, i) => `import f${i} from './f${i}.ts'\n`).join('')
  const table = `export const ops = { ${all.map(([what], i) => `${JSON.stringify(what)}: f${i}`).join(', ')} }\n`
  const steps = `export const by = (x: number) => x * ${factor}\nexport let one = 0\none = 1\nexport const text = 'steps'
export default { k: ${factor} }\n`
  const state = 'const make = () => { let k = 0; return [() => [k][0]!, (n: number) => { k = n }] as const }\nexport const [get, set] = make()\n'
  const shared = { 'src/steps.ts': steps, 'src/state.ts': state, 'src/setting.ts': `import { set } from './state.ts'\nset(${factor})\n` }
  return { 'src/ops.ts': imports + table, ...shared, ...Object.fromEntries(all.map(([, write], i) => [`src/f${i}.ts`, module(write(factor, `f${i}`))])) }
}

/** What each gives for 2, and whether it was executed. */
export const CALLS = `const results: Record<string, unknown> = {}
for (const [what, f] of Object.entries(ops)) {
  const before = executed.length
  results[what] = [await f(2).then(unwrap), executed.length - before]
}
return results`
