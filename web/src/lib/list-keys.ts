import { useEffect, type RefObject } from 'react';

/** Whether a key press belongs to something that is being typed or chosen in. */
export function isTyping(target: EventTarget | null) {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select, [role="listbox"], [role="menu"], [role="dialog"], [role="slider"], [role="tablist"]') !== null);
}

const STEPS: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/**
 * j and k, or the arrows, move the focus between the elements marked `data-row` inside the list; arrows only once the
 * focus is in it, so that they still scroll the page. Home and End go to the first and the last.
 */
export function useListKeys(list: RefObject<HTMLElement | null>) {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !list.current) return;
      const rows = [...list.current.querySelectorAll<HTMLElement>('[data-row]')];
      const at = rows.findIndex((row) => row === document.activeElement);
      const next = target(event.key, at, rows.length);
      if (next === undefined || !rows[next]) return;
      event.preventDefault();
      rows[next].focus();
      rows[next].scrollIntoView({ block: 'nearest' });
    }
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  }, [list]);
}

function target(key: string, at: number, count: number) {
  if (count === 0) return undefined;
  const inside = at >= 0;
  if (inside && key === 'Home') return 0;
  if (inside && key === 'End') return count - 1;
  const step = STEPS[key];
  if (step === undefined || (!inside && key.startsWith('Arrow'))) return undefined;
  return inside ? Math.min(count - 1, Math.max(0, at + step)) : 0;
}

/** '/' focuses the element marked `data-filter`, as everywhere. */
export function useFilterKey() {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const field = document.querySelector<HTMLInputElement>('[data-filter]');
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    }
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  }, []);
}
