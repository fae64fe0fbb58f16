import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '~/features/live/live-context';
import classes from './Shell.module.css';

/** A break shorter than this is not worth a word. */
const PATIENCE_MS = 1500;

/** Says that the page is not live any more. */
export function LiveBanner() {
  const { t } = useTranslation();
  const { connected } = useLive();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(!connected);
    }, connected ? 0 : PATIENCE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [connected]);
  return (
    <div role="status">
      {shown && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={16} aria-hidden />
          {t('live.lost')}
        </div>
      )}
    </div>
  );
}
