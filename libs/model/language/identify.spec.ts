import fc from 'fast-check';
import { createLanguageIdentifier, type LanguageIdentifier } from './identify.js';

let identify: LanguageIdentifier;
beforeAll(async () => {
  identify = await createLanguageIdentifier();
});

describe('language', () => {
  it.each([
    ['en', 'The ferry was late again and nobody told us why'],
    ['en', 'RT @somebody: https://example.org/abc this is what they said about the bridge'],
    ['de', 'Ich habe heute keine Zeit, aber morgen komme ich vorbei'],
    ['pt', 'você não sabe o que está falando, muito menos ele'],
    ['es', 'No sé por qué siempre llegan tarde los trenes de la mañana'],
    ['fr', 'Les voisins ont encore laissé leur chien dehors toute la nuit'],
    ['it', 'Non capisco perché la gente parcheggia sempre davanti al cancello'],
    ['nl', 'Ik heb het boek nog niet gelezen, maar het schijnt goed te zijn'],
    ['pl', 'Wczoraj wieczorem poszliśmy na spacer wzdłuż rzeki'],
    ['tr', 'Bugün hava çok güzel, parkta yürüyüş yapalım mı?'],
    ['ru', 'Сегодня утром мы ездили на рынок за свежими овощами'],
    ['uk', 'Сьогодні вранці ми їздили на ринок за свіжими овочами'],
    ['ar', 'ذهبنا إلى السوق هذا الصباح لشراء الخضار الطازجة'],
    ['hi', 'आज सुबह हम ताज़ी सब्ज़ियाँ खरीदने बाज़ार गए'],
    ['zh', '今天早上我们去市场买新鲜蔬菜'],
    ['ja', '今朝、新鮮な野菜を買いに市場へ行きました'],
    ['ko', '오늘 아침 우리는 시장에 갔어요'],
    ['el', 'Σήμερα το πρωί πήγαμε στην αγορά'],
    ['he', 'הבוקר הלכנו לשוק'],
    ['th', 'เช้านี้เราไปตลาด'],
    ['ka', 'დღეს დილით ბაზარში წავედით'],
  ])('%s: %s', (language, text) => {
    const answer = identify(text);
    expect(answer.language).toBe(language);
    expect(answer.confidence).toBeGreaterThan(0.5);
  });

  it.each(['', '   ', '!!!', '12345', '😂😂😂', '@somebody #tag https://example.org', 'x', '\ud800'])(
    'is undetermined when there is nothing to go by: %j',
    (text) => {
      expect(identify(text)).toEqual({ language: 'und', confidence: 0 });
    },
  );

  it('is a primary subtag or und, with a confidence from 0 to 1, for any text, and the same each time', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.lorem()), (text) => {
        const answer = identify(text);
        expect(answer.language).toMatch(/^[a-z]{2,3}$/);
        expect(answer.confidence).toBeGreaterThanOrEqual(0);
        expect(answer.confidence).toBeLessThanOrEqual(1);
        expect(identify(text)).toEqual(answer);
      }),
    );
  });

  it('looks only at the beginning of a long text', () => {
    expect(
      identify(`${'The ferry was late again and nobody told us. '.repeat(5)}${'今天早上'.repeat(8000)}`).language,
    ).toBe('en');
  });
});
