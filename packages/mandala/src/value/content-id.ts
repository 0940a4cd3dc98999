/** Under this key an object that stands for a stored value tells which one: its content id. */
export const CONTENT_ID: unique symbol = Symbol('content id')
