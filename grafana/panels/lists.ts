import * as dashboardlist from '@grafana/grafana-foundation-sdk/dashboardlist';
import { TAG } from '../layout/uids.ts';

type ListOptions = { title: string; description: string; width: number; height: number };

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
