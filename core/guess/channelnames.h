#pragma once

#include <QString>
#include <QUrl>

namespace restream {

/// Whether a part of a path may be a key; a long name in mixed case is none without a digit in it.
bool mayHoldKey(const QString &part);

/// A channel's name out of what the URL says ("usgs-all-day" of earthquake.usgs.gov/…/all_day.geojson), or out of `fallback`. Always a valid one.
QString channelName(const QUrl &url, const QString &fallback);
/// What people are shown: `title` (of the body) where there is one, else what the URL says.
QString channelDescription(const QUrl &url, const QString &title, const QString &name);

}
