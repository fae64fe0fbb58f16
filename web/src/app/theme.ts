import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** North wind: a deep, slightly green blue. Status colours are in tokens.css. */
const boreas: MantineColorsTuple = ['#e8f6fa', '#d3e9f0', '#a6d2e0', '#75bad0', '#4ea6c2', '#3699ba', '#2692b6', '#157fa1', '#0d6a86', '#065a73'];

/** Mantine's dark greys, made to match the tokens: from text to the deepest surface. */
const dark: MantineColorsTuple = ['#d5dde4', '#b6c1cb', '#93a1ad', '#667480', '#35424d', '#27323b', '#1a2229', '#141b21', '#0f151a', '#0a0e12'];

const SANS = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'WenQuanYi Micro Hei', sans-serif";
const MONO = "ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace";

export const theme = createTheme({
  primaryColor: 'boreas',
  primaryShade: { light: 8, dark: 7 },
  colors: { boreas, dark },
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SANS, fontWeight: '600' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    Modal: { defaultProps: { centered: true, radius: 'md' } },
  },
});

/** Mantine's own surfaces take the tokens, so that its parts and ours cannot differ. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--b-surface)',
    '--mantine-color-text': 'var(--b-text)',
    '--mantine-color-dimmed': 'var(--b-text-2)',
    '--mantine-color-placeholder': 'var(--b-text-3)',
    '--mantine-color-default': 'var(--b-surface)',
    '--mantine-color-default-hover': 'var(--b-hover)',
    '--mantine-color-default-color': 'var(--b-text)',
    '--mantine-color-default-border': 'var(--b-border-strong)',
    '--mantine-color-anchor': 'var(--b-accent)',
    '--mantine-color-error': 'var(--b-bad)',
  };
  return { variables: {}, light: shared, dark: shared };
};
