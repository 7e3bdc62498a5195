import { categoryNames, moderationResult } from './category-map.js';

const verdict = (probability: number, action: 'ALLOW' | 'REVIEW' | 'BLOCK') => ({
  probability,
  action,
  reviewThreshold: 0.3,
  blockThreshold: 0.8,
  provisional: true,
});

describe('a moderation result', () => {
  const result = moderationResult({ H: 0.5, V2: 0.1 }, { H: verdict(0.5, 'REVIEW'), V2: verdict(0.1, 'ALLOW') }, true);

  it('has all 13 categories in all three maps', () => {
    expect(categoryNames).toHaveLength(13);
    for (const map of [result.categories, result.category_scores, result.category_applied_input_types]) {
      expect(Object.keys(map)).toEqual(categoryNames);
    }
  });

  it('maps our categories by name', () => {
    expect(result.category_scores).toMatchObject({ hate: 0.5, 'violence/graphic': 0.1 });
    expect(result.categories).toMatchObject({ hate: true, 'violence/graphic': false });
    const each = moderationResult({ HR: 0.1, H: 0.2, H2: 0.3, SH: 0.4, S: 0.5, S3: 0.6, V: 0.7, V2: 0.8 }, {}, false);
    expect(each.category_scores).toMatchObject({
      harassment: 0.1,
      hate: 0.2,
      'hate/threatening': 0.3,
      'self-harm': 0.4,
      sexual: 0.5,
      'sexual/minors': 0.6,
      violence: 0.7,
      'violence/graphic': 0.8,
    });
  });

  it('is null for illicit and false for the others where no model covers them, with score 0', () => {
    expect(result.categories).toMatchObject({
      illicit: null,
      'illicit/violent': null,
      'harassment/threatening': false,
      'self-harm/intent': false,
      sexual: false,
    });
    expect(result.category_scores).toMatchObject({ illicit: 0, 'self-harm/instructions': 0 });
  });

  it('is flagged as the verdict says, also when a kill switch decides', () => {
    expect(moderationResult({ H: 0.01 }, {}, true)).toMatchObject({ flagged: true, categories: { hate: false } });
  });
});
