#pragma once

#include "core/clock.h"
#include "core/enginefacade.h"
#include "ui/channellistmodel.h"

#include <QWidget>

#include <memory>
#include <optional>

class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;
class QTimer;

namespace restream {

class ItemFilterModel;
class ItemTableModel;
class ParamForm;
class StateLabel;

/// One stream: which it is, how it is doing, and its items as they change.
class StreamPane final : public QWidget
{
    Q_OBJECT

public:
    /// Both outlive the pane.
    StreamPane(EngineFacade &engine, const Clock &clock, QWidget *parent = nullptr);
    ~StreamPane() override;

    /// Shows the channel, and watches it where no param is missing. Null: none is chosen.
    void setChannel(const ChannelInfo *channel);
    /// What the engine's snapshot says now.
    void refresh();
    void focusFilter();
    /// The stream that is watched, as of the engine's snapshot; null where there is none.
    [[nodiscard]] const StreamInfo *stream() const;

private:
    void buildHeader(QWidget *header);
    void buildTable();
    void watch();
    void showItems(const QByteArray &stream, const std::vector<Item> &items);
    void showChanges(const QByteArray &stream, const Changeset &changes);
    void fitColumns();
    void updateBody();
    void showEmpty(const QString &title, const QString &detail);
    void copySelected() const;

    EngineFacade &m_engine;
    const Clock &m_clock;
    std::optional<ChannelInfo> m_channel;
    std::optional<Error> m_error;
    QByteArray
        m_wanted; ///< canonical name of what was asked for; items of what was watched before may still come
    QByteArray m_stream; ///< the same once its items came; empty until then

    QLabel *m_title;
    QLabel *m_description;
    StateLabel *m_state;
    ParamForm *m_form;
    QLineEdit *m_filter;
    QLabel *m_shown;
    QWidget *m_header;
    QStackedWidget *m_body;
    QLabel *m_emptyTitle;
    QLabel *m_emptyDetail;
    QTableView *m_table;
    ItemTableModel *m_items;
    ItemFilterModel *m_filtered;
    QTimer *m_repaint;
};

}
