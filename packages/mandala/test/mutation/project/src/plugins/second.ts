import { addHook, register } from '../registry.ts'
import { Rounder } from '../rounder.ts'

const rounder = new Rounder(5)
const makeAdder = (n: number) => (x: number) => x + n
const adders = [1, 2, 3].map((n) => makeAdder(n))

register('round', (x) => rounder.round(x))
register('add', (x) => adders.reduce((value, add) => add(value), x))

addHook((label) => `<${label}>`)
