#pragma once

#include "tests/support/fakeclock.h"
#include "tests/ui/fakeengine.h"
#include "ui/mainwindow.h"

#include <QAbstractButton>
#include <QAction>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QTemporaryDir>
#include <QTreeView>

#include <algorithm>
#include <memory>

namespace restream {

/// A window over a FakeEngine, and what tests do to it.
struct WindowTest
{
    /// Makes the window anew, with what was kept of the last one.
    void open()
    {
        window.reset();
        options.settingsFile = folder.filePath(QStringLiteral("window.ini"));
        window = std::make_unique<MainWindow>(engine, clock, options);
        window->show();
    }
    template<typename T>
    [[nodiscard]] T *find(const QString &name) const
    {
        return window->findChild<T *>(name);
    }
    void choose(const QString &channel) const
    {
        auto *list = find<QTreeView>(QStringLiteral("channels"));
        const QModelIndexList found =
            list->model()->match(list->model()->index(0, 0), Qt::DisplayRole, channel, 1,
                                 Qt::MatchExactly | Qt::MatchRecursive);
        list->setCurrentIndex(found.value(0));
    }
    /// The action of that text, mnemonics left out, anywhere in the menus.
    [[nodiscard]] QAction *action(const QString &text) const
    {
        for (QAction *found : window->findChildren<QAction *>()) {
            if (QString(found->text()).remove(u'&') == text)
                return found;
        }
        return nullptr;
    }
    [[nodiscard]] QAbstractButton *button(const QString &text) const
    {
        for (QAbstractButton *found : window->findChildren<QAbstractButton *>()) {
            if (found->isVisible() && QString(found->text()).remove(u'&') == text)
                return found;
        }
        return nullptr;
    }
    [[nodiscard]] bool shows(const QString &text) const
    {
        const QList<QLabel *> labels = window->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
            return label->isVisible() && label->text().contains(text);
        });
    }
    /// The question that waits for an answer; null: none does.
    [[nodiscard]] QMessageBox *question() const
    {
        const QList<QMessageBox *> boxes = window->findChildren<QMessageBox *>();
        const auto found = std::find_if(boxes.begin(), boxes.end(),
                                        [](const QMessageBox *box) { return box->isVisible(); });
        return found == boxes.end() ? nullptr : *found;
    }

    QTemporaryDir folder;
    FakeClock clock;
    FakeEngine engine;
    WindowOptions options;
    std::unique_ptr<MainWindow> window;
};

}
