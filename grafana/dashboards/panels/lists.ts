import { PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as dashboardlist from '@grafana/grafana-foundation-sdk/dashboardlist';
import { TAG } from '../uids.ts';

type ListOptions = { title: string; description: string; width: number; height: number };

/** Alerts that are pending or firing, from all data sources that evaluate rules. */
export function alertList({ title, description, width, height }: ListOptions): PanelBuilder {
  const panel = new PanelBuilder().type('alertlist').title(title).description(description).span(width).height(height);
  // The SDK has no builder for this panel. Options: public/app/plugins/panel/alertlist/types.ts
  return panel.options({
    viewMode: 'list',
    groupMode: 'default',
    sortOrder: 3,
    maxItems: 20,
    dashboardAlerts: false,
    showInstances: true,
    stateFilter: { firing: true, pending: true, recovering: true, error: true, noData: false, normal: false },
  });
}

/** The other dashboards of the sandbox. */
export function menuOfDashboards({ title, description, width, height }: ListOptions) {
  return new dashboardlist.PanelBuilder()
    .title(title)
    .description(description)
    .span(width)
    .height(height)
    .showStarred(false)
    .showRecentlyViewed(false)
    .showSearch(true)
    .showHeadings(false)
    .tags([TAG])
    .maxItems(20);
}
