#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace restream {

/// The folder of recorded API responses beside the checkout; empty where there is none (a test that needs it skips).
/// $RESTREAM_CORPORA names another one.
QString corporaFolder();

/// The names of the recordings with consecutive polls whose bodies are JSON ("seq-…").
QStringList jsonSequences();

/// The bodies of one recording, in order, inflated where they are kept compressed.
QList<QByteArray> recordedBodies(const QString &recording);

}
