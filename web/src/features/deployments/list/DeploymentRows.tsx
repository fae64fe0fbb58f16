import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Deployment } from '~/lib/api-types';
import { useListKeys } from '~/lib/list-keys';
import { DeploymentRow } from './DeploymentRow';
import classes from './DeploymentRows.module.css';

const COLUMNS = ['status', 'what', 'environment', 'progress', 'by', 'when', 'duration'] as const;

/** Deployments as a table whose rows are links. Explicit roles keep it a table where CSS lays it out as blocks. */
export function DeploymentRows({ deployments }: { deployments: Deployment[] }) {
  const { t } = useTranslation();
  const body = useRef<HTMLTableSectionElement>(null);
  useListKeys(body);
  return (
    <table className={classes.table} role="table" aria-label={t('deployments.list')}>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((column) => (
            <th key={column} role="columnheader" scope="col" className={classes[column]}>
              {t(`deployments.col.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" ref={body}>
        {deployments.map((deployment) => (
          <DeploymentRow key={deployment.id} deployment={deployment} />
        ))}
      </tbody>
    </table>
  );
}
