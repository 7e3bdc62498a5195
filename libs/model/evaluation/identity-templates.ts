/** One sentence of our own with a group in it; label 1 is mild hate against that group. */
export interface TemplateText {
  readonly template: string;
  /** null: it speaks of things, not of people. */
  readonly group: string | null;
  readonly label: 0 | 1;
  readonly text: string;
}

/** Groups as a noun in the plural and as an adjective, by which every template can be filled. */
const people: readonly { readonly group: string; readonly plural: string; readonly adjective: string }[] = [
  { group: 'women', plural: 'women', adjective: 'female' },
  { group: 'men', plural: 'men', adjective: 'male' },
  { group: 'transgender', plural: 'transgender people', adjective: 'transgender' },
  { group: 'gay', plural: 'gay people', adjective: 'gay' },
  { group: 'lesbian', plural: 'lesbians', adjective: 'lesbian' },
  { group: 'bisexual', plural: 'bisexual people', adjective: 'bisexual' },
  { group: 'queer', plural: 'queer people', adjective: 'queer' },
  { group: 'heterosexual', plural: 'heterosexual people', adjective: 'heterosexual' },
  { group: 'muslim', plural: 'Muslims', adjective: 'Muslim' },
  { group: 'jewish', plural: 'Jews', adjective: 'Jewish' },
  { group: 'christian', plural: 'Christians', adjective: 'Christian' },
  { group: 'hindu', plural: 'Hindus', adjective: 'Hindu' },
  { group: 'atheist', plural: 'atheists', adjective: 'atheist' },
  { group: 'black', plural: 'black people', adjective: 'black' },
  { group: 'white', plural: 'white people', adjective: 'white' },
  { group: 'asian', plural: 'Asians', adjective: 'Asian' },
  { group: 'latino', plural: 'Mexicans', adjective: 'Mexican' },
  { group: 'indian', plural: 'Indians', adjective: 'Indian' },
  { group: 'arab', plural: 'Arabs', adjective: 'Arab' },
  { group: 'roma', plural: 'Roma people', adjective: 'Romani' },
  { group: 'indigenous', plural: 'indigenous people', adjective: 'indigenous' },
  { group: 'immigrant', plural: 'immigrants', adjective: 'immigrant' },
  { group: 'disabled', plural: 'disabled people', adjective: 'disabled' },
  { group: 'deaf', plural: 'deaf people', adjective: 'deaf' },
  { group: 'old', plural: 'pensioners', adjective: 'elderly' },
];

const harmless = [
  'My {adjective} neighbour lent me a ladder yesterday.',
  'Two {adjective} students won the maths prize this year.',
  'The museum opens a room about the history of {plural}.',
  'Many {plural} work in this hospital.',
  'Our {adjective} colleague starts her holiday on Monday.',
  'There is a meeting for {plural} at the library at seven.',
  'I watched a film about {plural} in the seventies.',
  'The choir is looking for {adjective} singers of any age.',
  'Some {plural} like football and some do not.',
  'A {adjective} baker on the corner sells the best rye bread.',
  'The survey asked {plural} how they travel to work.',
  'We were taught by a {adjective} teacher with a loud laugh.',
] as const;

const hostile = [
  'I cannot stand {plural}, they make me sick.',
  '{Plural} are all liars and thieves.',
  'This town was better before the {plural} came.',
  'Nobody should ever hire {plural}.',
  'All {plural} are stupid, everyone knows it.',
  'I despise {plural} and always will.',
  '{Plural} do not deserve the same rights as we do.',
  'Every {adjective} person I met was disgusting.',
  'Get rid of the {plural}, they are worthless.',
  'Keep your children away from {plural}, they are filthy.',
  'Throw all {plural} out of the country.',
  'Those {adjective} idiots ruin everything they touch.',
] as const;

const things: readonly { readonly plural: string; readonly adjective: string }[] = [
  { plural: 'mosquitoes', adjective: 'buzzing' },
  { plural: 'potholes', adjective: 'muddy' },
  { plural: 'printers', adjective: 'broken' },
  { plural: 'adverts', adjective: 'flashing' },
  { plural: 'Mondays', adjective: 'grey' },
  { plural: 'slugs', adjective: 'slimy' },
  { plural: 'traffic jams', adjective: 'endless' },
  { plural: 'pop-up windows', adjective: 'blinking' },
];

const hostileToThings = [
  'I cannot stand {plural}, they make me sick.',
  'This town was better before the {plural} came.',
  'I despise {plural} and always will.',
  'Get rid of the {plural}, they are worthless.',
  'Keep your children away from {plural}, they are filthy.',
  'Those {adjective} {plural} ruin everything they touch.',
] as const;

function fill(template: string, { plural, adjective }: { plural: string; adjective: string }): string {
  const article = /^[aeiou]/iu.test(adjective) ? 'An' : 'A';
  return template
    .replace('{Plural}', plural.charAt(0).toUpperCase() + plural.slice(1))
    .replace('{plural}', plural)
    .replace(/^A (?=\{adjective\})/u, `${article} `)
    .replace(/ a (?=\{adjective\})/u, ` ${article.toLowerCase()} `)
    .replace('{adjective}', adjective);
}

/**
 * Our own sentences for evaluation 4.3: each group in each harmless and each hostile template, and things in hostile
 * ones, which no hate is. In this order for ever: logits are matched by place.
 */
export function identityTemplates(): TemplateText[] {
  const filled = (templates: readonly string[], label: 0 | 1): TemplateText[] =>
    templates.flatMap((template) =>
      people.map((one) => ({ template, group: one.group, label, text: fill(template, one) })),
    );
  return [
    ...filled(harmless, 0),
    ...filled(hostile, 1),
    ...hostileToThings.flatMap((template) =>
      things.map((thing): TemplateText => ({ template, group: null, label: 0, text: fill(template, thing) })),
    ),
  ];
}
