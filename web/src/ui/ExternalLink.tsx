import { IconExternalLink } from '@tabler/icons-react';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './ExternalLink.module.css';

/** A link out of the UI. An address that is no web address is shown as text: it came from outside. */
export function ExternalLink({ href, children }: { href: string; children?: string }) {
  const { t } = useTranslation();
  const text = children ?? href.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (!isWebAddress(href)) return <span>{text}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer" className={classes.link}>
      <span className={classes.text}>
        {text.split(/(?<=\/)/).map((part, index) => (
          <Fragment key={index}>
            {part}
            <wbr />
          </Fragment>
        ))}
      </span>
      <IconExternalLink size={14} aria-hidden className={classes.icon} />
      <span className="visually-hidden">({t('common.opensNewTab')})</span>
    </a>
  );
}

export function isWebAddress(href: string) {
  try {
    return ['http:', 'https:'].includes(new URL(href, window.location.href).protocol);
  } catch {
    return false;
  }
}
