/** What a function noted of its call, by name: counts, costs, the model that answered. Never part of a call's identity. */
export type Notes = Readonly<Record<string, number | string>>

export type TagValue = string | number | boolean

/** What people say of a call or a Ref, by name, at any time. Never part of identity. */
export type Tags = Readonly<Record<string, TagValue>>
