import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { usePageTitle } from '~/lib/page-title';
import { PageHeader } from '~/ui/PageHeader';
import { readFilter, writeFilter } from '../filter';
import { DeploymentFilterBar } from './DeploymentFilterBar';
import { DeploymentList } from './DeploymentList';

/** All deployments, newest first. The filter is in the address, so that a view can be sent to somebody. */
export function DeploymentsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filter = readFilter(search);
  usePageTitle(t('deployments.title'));
  return (
    <>
      <PageHeader title={t('deployments.title')} />
      <DeploymentFilterBar
        filter={filter}
        onChange={(changed) => {
          setSearch(writeFilter(changed), { replace: true });
        }}
      />
      <DeploymentList
        filter={filter}
        onClear={() => {
          setSearch(new URLSearchParams(), { replace: true });
        }}
      />
    </>
  );
}
