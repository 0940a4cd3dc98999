import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transform } from '../../src/code/transform.ts'

const LEAF = '(x) { let a = x * 2 + 1; let b = a > 3 ? a - 1 : a + 1; if (b > 100) { b = b - 50 } a = b * 3 - x; b = a % 1000; return b + 1 }'

/** What a file does with a function of some sixty nodes; whether nobody else can call that. */
const USES: Readonly<Record<string, boolean>> = {
  [`function leaf${LEAF}\nleaf(1)`]: true,
  [`const leaf = function${LEAF}\nexport const f = () => leaf(leaf(1))`]: true,
  [`export function leaf${LEAF}\nleaf(1)`]: false,
  [`export const leaf = function${LEAF}\nleaf(1)`]: false,
  [`export default function leaf${LEAF}\nleaf(1)`]: false,
  [`function leaf${LEAF}\nleaf(1)\nexport { leaf }`]: false,
  [`function leaf${LEAF}\nleaf(1)\nexport { leaf as other }`]: false,
  [`function leaf${LEAF}\nleaf(1)\nexport default leaf`]: false,
  [`function leaf${LEAF}\nleaf(1)\nglobalThis.leaf = leaf`]: false,
  [`function leaf${LEAF}\nexport const table = { leaf }`]: false,
  [`function leaf${LEAF}\nleaf.call(null, 1)`]: false,
}

for (const [source, expected] of Object.entries(USES)) {
  test(`a function of some lines ${expected ? 'needs no marker, as it is only called' : 'reports itself, as others may call it'}: ${source.replace(LEAF, '')}`, () => {
    const { components } = transform({ file: 'main.ts', source, kind: 'module' }).facts
    assert.equal(components.find(({ kind }) => kind === 'function')?.isTrivial, expected)
  })
}
