#pragma once

#include "core/loop/epolldispatcher.h"

#include <QCoreApplication>
#include <QTest>

namespace restream {

/// Whether the tests of this process run on our event dispatcher, or on Qt's for Unix: $RESTREAM_TEST_DISPATCHER is "qt". What is tested
/// holds for both, so that ours can take the place of the other.
inline bool isOnOurs()
{
    return qEnvironmentVariable("RESTREAM_TEST_DISPATCHER") != QLatin1String("qt");
}

/// main() of such a test, which has its event loop in the main thread.
template<typename Test>
int testOnDispatcher(int argc, char **argv)
{
    if (isOnOurs())
        QCoreApplication::setEventDispatcher(new EpollDispatcher);
    else
        qputenv("QT_NO_GLIB", "1");
    const QCoreApplication application(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

/// One turn of the loop, which doesn't wait. True: something happened.
inline bool turn(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    return QCoreApplication::eventDispatcher()->processEvents(flags);
}

/// One turn that waits until something happens.
inline bool waitTurn(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    return turn(flags | QEventLoop::WaitForMoreEvents);
}

}
