import { useEffect } from 'react';

/** The document's title: what the page shows, then the product. */
export function usePageTitle(title: string | undefined) {
  useEffect(() => {
    document.title = title ? `${title} · Boreas` : 'Boreas';
  }, [title]);
}
