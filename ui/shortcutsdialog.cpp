#include "ui/shortcutsdialog.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QMenu>
#include <QMenuBar>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace restream {
namespace {

QString plain(QString text)
{
    return text.remove(u'&').remove(u'…');
}

void collect(const QMenu &menu, ShortcutsDialog::Keys &keys)
{
    for (const QAction *action : menu.actions()) {
        if (action->menu()) {
            collect(*action->menu(), keys);
            continue;
        }
        QStringList names;
        for (const QKeySequence &sequence : action->shortcuts())
            names.append(sequence.toString(QKeySequence::NativeText));
        if (!names.isEmpty())
            keys.append({ names.join(QStringLiteral(", ")), plain(action->text()) });
    }
}

}

ShortcutsDialog::Keys ShortcutsDialog::keysOf(const QMenuBar &menus)
{
    Keys keys;
    for (const QAction *action : menus.actions()) {
        Keys inMenu;
        collect(*action->menu(), inMenu);
        if (!inMenu.isEmpty())
            keys += Keys { { QString(), plain(action->text()) } } + inMenu;
    }
    return keys;
}

ShortcutsDialog::ShortcutsDialog(const Keys &keys, QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("Keyboard Shortcuts"));
    auto *list = new QTreeWidget;
    list->setObjectName(u"shortcuts"_qs);
    list->setAccessibleName(tr("Keyboard shortcuts"));
    list->setColumnCount(2);
    list->setHeaderHidden(true);
    list->setRootIsDecorated(false);
    list->setIndentation(12);
    list->setSelectionMode(QAbstractItemView::NoSelection);
    QTreeWidgetItem *heading = nullptr;
    for (const auto &[key, what] : keys) {
        auto *row = key.isEmpty() ? new QTreeWidgetItem(list, { what })
                                  : new QTreeWidgetItem(heading, { what, key });
        if (key.isEmpty()) {
            heading = row;
            QFont bold = list->font();
            bold.setBold(true);
            row->setFont(0, bold);
            row->setExpanded(true);
        }
    }
    list->expandAll();
    list->header()->setStretchLastSection(false);
    list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(list);
    layout->addWidget(buttons);
    resize(440, 520);
}

}
