import { duplicateKey, type LanguageIdentifier } from '#model';
import { hashText } from '#policy';
import type { TextFeatures } from './predict.js';

/** What prediction.scored says of a text beside its scores. */
export function createTextDescription(identifyLanguage: LanguageIdentifier): (text: string) => TextFeatures {
  return function describeText(text) {
    const { language, confidence } = identifyLanguage(text);
    return {
      language,
      languageConfidence: confidence,
      textHash: hashText(text),
      duplicateKey: duplicateKey(text),
    };
  };
}
