import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './locales/en';

export type Catalogue = typeof en;

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Catalogue };
  }
}

export const LANGUAGES = { en: 'English', 'zh-CN': '简体中文' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'boreas-language';

/** The choice that was made here, else what the browser prefers, else English. */
export function preferredLanguage(chosen: string | null, browser: readonly string[]): Language {
  if (chosen === 'en' || chosen === 'zh-CN') return chosen;
  for (const wanted of browser) {
    if (wanted.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (wanted.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

export async function startI18n(language = preferredLanguage(stored(), navigator.languages)) {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  await switchTo(language);
}

/** Changes the language now and for later visits. */
export async function chooseLanguage(language: Language) {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
  await switchTo(language);
}

async function switchTo(language: Language) {
  if (language === 'zh-CN' && !i18next.hasResourceBundle('zh-CN', 'translation')) {
    const { zh } = await import('./locales/zh');
    i18next.addResourceBundle('zh-CN', 'translation', zh);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
