/**
 * How an encoder wants texts to be read, by the name that a recipe gives it: models of the e5 family were trained with a prefix, others
 * without. 256 tokens are about 1,000 letters (model 9.5).
 */
export function encoderReading(name: string): { readonly prefix: string; readonly maxTokens: number } {
  return { prefix: name.startsWith('e5') ? 'query: ' : '', maxTokens: 256 };
}
