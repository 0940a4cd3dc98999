import { LIMIT } from '../constants.ts'
import { double, scale } from '../math/basic.ts'
import { addHook, register } from '../registry.ts'

const OFFSET = 4

register('double', double)
register('scale', scale)
register('shift', (x) => x + OFFSET)
register('cap', (x) => {
  if (x > LIMIT) return LIMIT
  return x
})

addHook((label) => label.toUpperCase())
