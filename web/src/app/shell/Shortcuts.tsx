import { Modal } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { isTyping } from '~/lib/list-keys';
import classes from './Shell.module.css';

const SHORTCUTS = [
  { keys: ['/'], what: 'filter' },
  { keys: ['j', '↓'], what: 'next' },
  { keys: ['k', '↑'], what: 'previous' },
  { keys: ['Enter'], what: 'open' },
  { keys: ['?'], what: 'help' },
] as const;

export function Shortcuts({ opened, onOpen, onClose }: { opened: boolean; onOpen: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key === '?' && !isTyping(event.target)) onOpen();
    }
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  }, [onOpen]);
  return (
    <Modal opened={opened} onClose={onClose} title={t('nav.shortcuts')} size="sm" closeButtonProps={{ 'aria-label': t('common.close') }}>
      <dl className={classes.shortcuts}>
        {SHORTCUTS.map(({ keys, what }) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={classes.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{t(`keys.${what}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
