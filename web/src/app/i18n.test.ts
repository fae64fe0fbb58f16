import { expect, it } from 'vitest';
import { preferredLanguage } from './i18n';
import { en } from './locales/en';
import { zh } from './locales/zh';

it.each([
  [null, ['zh-TW', 'en'], 'zh-CN'],
  [null, ['de', 'en-GB', 'zh'], 'en'],
  [null, ['fr'], 'en'],
  ['zh-CN', ['en'], 'zh-CN'],
  ['klingon', ['en'], 'en'],
] as const)('chosen %s, browser %j: %s', (chosen, browser, language) => {
  expect(preferredLanguage(chosen, browser)).toBe(language);
});

it('every text has the same values to fill in, in both languages', () => {
  const texts = (catalogue: object, path = ''): [string, string][] =>
    Object.entries(catalogue).flatMap(([key, value]) => (typeof value === 'string' ? [[path + key, value] as [string, string]] : texts(value as object, `${path}${key}.`)));
  const holes = (text: string) => [...text.matchAll(/\{\{(\w+)(?:, \w+)?\}\}/g)].map(([, name]) => name).sort();
  const chinese = new Map(texts(zh));
  for (const [key, text] of texts(en)) expect([key, holes(chinese.get(key) ?? '')]).toEqual([key, holes(text)]);
});
