import { arrays } from './arrays.ts'
import { builtins } from './builtins.ts'
import { collections } from './collections.ts'
import { liveObjects } from './live-objects.ts'
import { objects } from './objects.ts'
import type { Subject } from './pair.ts'
import { primitives } from './primitives.ts'
import { realistic } from './realistic.ts'
import { references } from './references.ts'
import { strings } from './strings.ts'
import { views } from './views.ts'

/** What any library that knows a call by its arguments can be asked. */
export const SUBJECTS: readonly Subject[] = [primitives, strings, objects, arrays, views, collections, builtins, references, liveObjects, realistic]
