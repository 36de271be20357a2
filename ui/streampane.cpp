#include "ui/streampane.h"

#include "ui/delegates.h"
#include "ui/itemfiltermodel.h"
#include "ui/itemtablemodel.h"
#include "ui/paramform.h"
#include "ui/statelabel.h"
#include "ui/statustext.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace restream {
namespace {

constexpr int framesMs = 50;
constexpr int widestColumn = 280;

QLabel *makeText(qreal scale, bool bold)
{
    auto *label = new QLabel;
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * scale);
    font.setBold(bold);
    label->setFont(font);
    label->setTextFormat(Qt::PlainText);
    return label;
}

}

StreamPane::StreamPane(EngineFacade &engine, const Clock &clock, QWidget *parent)
    : QWidget(parent),
      m_engine(engine),
      m_clock(clock),
      m_title(makeText(1.5, true)),
      m_description(makeText(1, false)),
      m_state(new StateLabel),
      m_form(new ParamForm),
      m_filter(new QLineEdit),
      m_shown(new QLabel),
      m_header(new QWidget),
      m_body(new QStackedWidget),
      m_emptyTitle(makeText(1.25, true)),
      m_emptyDetail(makeText(1, false)),
      m_table(new QTableView),
      m_items(new ItemTableModel(clock, this)),
      m_filtered(new ItemFilterModel(this)),
      m_repaint(new QTimer(this))
{
    buildHeader(m_header);
    buildTable();
    auto *empty = new QWidget;
    auto *emptyLayout = new QVBoxLayout(empty);
    for (QLabel *label : { m_emptyTitle, m_emptyDetail }) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
    }
    emptyLayout->addStretch(2);
    emptyLayout->addWidget(m_emptyTitle);
    emptyLayout->addWidget(m_emptyDetail);
    emptyLayout->addStretch(3);
    m_body->addWidget(empty);
    m_body->addWidget(m_table);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 4, 14, 10);
    layout->setSpacing(8);
    layout->addWidget(m_header);
    layout->addWidget(m_body, 1);

    connect(&engine, &EngineFacade::watchedItems, this, &StreamPane::showItems);
    connect(&engine, &EngineFacade::watchedChanges, this,
            [this](const QByteArray &stream, const ChangesetPtr &changes) {
                showChanges(stream, *changes);
            });
    connect(&engine, &EngineFacade::watchFailed, this, [this](const Error &error) {
        m_error = error;
        m_stream.clear();
        m_items->clear();
        refresh();
    });
    connect(m_form, &ParamForm::submitted, this, &StreamPane::watch);
    setChannel(nullptr);
}

StreamPane::~StreamPane() = default;

void StreamPane::buildHeader(QWidget *header)
{
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_description->setWordWrap(true);
    m_filter->setPlaceholderText(u"Filter items (Ctrl+F)"_qs);
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(u"Filter items"_qs);
    m_filter->setObjectName(u"itemFilter"_qs);
    m_filter->setMinimumWidth(240);
    m_shown->setObjectName(u"shown"_qs);
    auto *tools = new QHBoxLayout;
    tools->setSpacing(8);
    tools->addWidget(m_form, 1);
    tools->addStretch(1);
    tools->addWidget(m_shown);
    tools->addWidget(m_filter);
    auto *layout = new QVBoxLayout(header);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_description);
    layout->addWidget(m_state);
    layout->addSpacing(4);
    layout->addLayout(tools);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filtered->setText(text);
        updateBody();
    });
}

void StreamPane::buildTable()
{
    m_filtered->setSourceModel(m_items);
    m_table->setModel(m_filtered);
    auto *roomy = new RoomyStyle;
    roomy->setParent(m_table);
    m_table->setStyle(roomy);
    m_table->horizontalHeader()->setStyle(roomy);
    m_table->setItemDelegate(new FlashDelegate(m_table));
    m_table->setObjectName(u"items"_qs);
    m_table->setAccessibleName(u"Items"_qs);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    // A fixed height: the height of each of 10,000 rows is not asked for.
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 10);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    auto *copy = new QAction(u"Copy as JSON"_qs, m_table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(copy);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(copy, &QAction::triggered, this, &StreamPane::copySelected);

    // Only what is seen is painted again while rows flash; the model has nothing to tell.
    m_repaint->setInterval(framesMs);
    connect(m_items, &ItemTableModel::flashed, m_repaint, qOverload<>(&QTimer::start));
    connect(m_repaint, &QTimer::timeout, this, [this] {
        if (!m_items->isFlashing())
            m_repaint->stop();
        m_table->viewport()->update();
    });
}

void StreamPane::setChannel(const ChannelInfo *channel)
{
    m_channel = channel ? std::optional(*channel) : std::nullopt;
    m_wanted.clear();
    m_stream.clear();
    m_error.reset();
    m_items->clear();
    m_filter->clear();
    m_header->setVisible(m_channel.has_value());
    if (!m_channel) {
        m_engine.unwatch();
        refresh();
        return;
    }
    m_title->setText(m_channel->name);
    m_description->setText(m_channel->description);
    m_description->setVisible(!m_channel->description.isEmpty());
    m_form->setParams(m_channel->params);
    if (m_form->lastInput()) { // new widgets are last in the order, whatever their place
        setTabOrder(m_form->lastInput(), m_filter);
        setTabOrder(m_filter, m_table);
    }
    if (m_form->isComplete()) {
        watch();
    } else {
        m_engine.unwatch();
        m_form->focusFirstEmpty();
        refresh();
    }
}

void StreamPane::watch()
{
    if (!m_form->isComplete()) {
        m_form->focusFirstEmpty();
        return;
    }
    m_error.reset();
    m_stream.clear();
    m_items->clear();
    ChannelDefinition definition;
    definition.name = m_channel->name;
    definition.params = m_channel->params;
    const Result<Params> params = resolveParams(definition, m_form->params());
    if (params) {
        m_wanted = streamName(m_channel->name, *params);
        m_engine.watch(m_channel->name, *params);
    } else {
        m_engine.unwatch();
        m_error = params.error();
    }
    refresh();
}

void StreamPane::showItems(const QByteArray &stream, const std::vector<Item> &items)
{
    if (stream != m_wanted)
        return;
    const bool same = stream == m_items->stream() && m_items->rowCount() > 0;
    m_stream = stream;
    m_error.reset();
    m_items->setItems(stream, items);
    if (!same) {
        m_table->sortByColumn(-1, Qt::AscendingOrder);
        fitColumns();
    }
    refresh();
}

void StreamPane::showChanges(const QByteArray &stream, const Changeset &changes)
{
    if (stream != m_stream)
        return;
    const bool first = m_items->rowCount() == 0;
    m_items->apply(changes);
    if (first)
        fitColumns();
    updateBody();
}

void StreamPane::fitColumns()
{
    m_table->resizeColumnsToContents();
    const QHeaderView *header = m_table->horizontalHeader();
    for (int i = 0; i < header->count(); ++i)
        m_table->setColumnWidth(i, std::clamp(header->sectionSize(i), 60, widestColumn));
    // A number at the far right edge is far from what it belongs to.
    const std::vector<Column> &columns = m_items->columns();
    m_table->horizontalHeader()->setStretchLastSection(!columns.empty() && !columns.back().numeric);
    m_table->verticalScrollBar()->setValue(0);
    m_table->horizontalScrollBar()->setValue(0);
}

const StreamInfo *StreamPane::stream() const
{
    const QList<StreamInfo> &streams = m_engine.snapshot().streams;
    const auto found = std::find_if(streams.begin(), streams.end(), [this](const StreamInfo &info) {
        return info.name == m_stream;
    });
    return m_stream.isEmpty() || found == streams.end() ? nullptr : &*found;
}

void StreamPane::refresh()
{
    const StreamInfo *info = stream();
    if (info) {
        QString detail = streamLine(*info, m_clock.wallMs());
        if (info->status.error)
            detail = info->status.error->message % u"  ·  " % detail;
        m_state->setState(channelState(info->status.state), detail);
    } else {
        m_state->setState(ChannelState::Idle, {});
    }
    updateBody();
}

void StreamPane::updateBody()
{
    const StreamInfo *info = stream();
    const int rows = m_items->rowCount();
    const int shown = m_filtered->rowCount();
    m_filter->setEnabled(rows > 0);
    m_shown->setText(shown == rows ? QString() : u"%1 of %2"_qs.arg(shown).arg(rows));
    if (!m_channel)
        showEmpty(u"No channel chosen"_qs,
                  u"Choose a channel on the left to see its items as they change; "
                  "demo-quakes needs neither a network nor a key."_qs);
    else if (m_error)
        showEmpty(u"This stream can't be shown"_qs, m_error->message);
    else if (m_stream.isEmpty() && !m_form->isComplete())
        showEmpty(u"This channel needs to know more"_qs,
                  u"Fill in what is required above, then choose Show."_qs);
    else if (rows > 0 && shown == 0)
        showEmpty(u"Nothing matches"_qs,
                  u"None of the %1 items holds “%2”."_qs.arg(rows).arg(m_filter->text()));
    else if (rows > 0)
        m_body->setCurrentWidget(m_table);
    else if (info && info->status.state != StreamStatus::State::Live)
        showEmpty(stateText(channelState(info->status.state)),
                  info->status.error ? info->status.error->message : info->status.reason);
    else if (!info || info->seq == 0)
        showEmpty(u"Waiting for the first poll"_qs,
                  u"Items appear as soon as the API has answered."_qs);
    else
        showEmpty(u"No items now"_qs,
                  u"The API answered with an empty list; new items appear here by themselves."_qs);
}

void StreamPane::showEmpty(const QString &title, const QString &detail)
{
    m_emptyTitle->setText(title);
    m_emptyDetail->setText(detail);
    m_body->setCurrentIndex(0);
}

void StreamPane::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void StreamPane::copySelected() const
{
    QByteArrayList lines;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        lines.append(index.data(ItemTableModel::JsonRole).toByteArray());
    if (!lines.isEmpty())
        QGuiApplication::clipboard()->setText(QString::fromUtf8(lines.join('\n')));
}

}
